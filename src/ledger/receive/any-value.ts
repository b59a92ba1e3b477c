/** OTLP's JSON values as plain ones. https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */

const MAX_DEPTH = 16;

/** A list of `{key, value}`; the last of equal keys wins. */
export function jsonAttributes(list: unknown): Record<string, unknown> {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  if (!Array.isArray(list)) return attributes;
  for (const item of list as readonly unknown[]) {
    if (!isObject(item) || typeof item['key'] !== 'string') continue;
    attributes[item['key']] = jsonValue(item['value'], 0);
  }
  return attributes;
}

function jsonValue(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth > MAX_DEPTH) return null;
  if ('stringValue' in value) return value['stringValue'];
  if ('boolValue' in value) return value['boolValue'];
  if ('intValue' in value) return integer(value['intValue']);
  if ('doubleValue' in value) return typeof value['doubleValue'] === 'string' ? null : value['doubleValue'];
  if ('arrayValue' in value) {
    const { arrayValue } = value;
    const values = isObject(arrayValue) ? arrayValue['values'] : undefined;
    return Array.isArray(values) ? values.map((item) => jsonValue(item, depth + 1)) : [];
  }
  if ('kvlistValue' in value) {
    const { kvlistValue } = value;
    const values = isObject(kvlistValue) ? kvlistValue['values'] : undefined;
    if (!Array.isArray(values)) return {};
    const entries = values.filter(isObject).map((item) => [String(item['key']), jsonValue(item['value'], depth + 1)]);
    return Object.fromEntries(entries) as Record<string, unknown>;
  }
  if ('bytesValue' in value) return value['bytesValue'];
  return null;
}

/** int64 is a decimal string in JSON, and a number in what many write. Beyond 2⁵³ it stays a string. */
function integer(value: unknown): number | string | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^-?\d{1,20}$/.test(value)) return null;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
