/** Which service the records come from: what its OpenTelemetry resource says, else the standard variables. */
import type { Span } from '@opentelemetry/api';

export interface ServiceIdentity {
  readonly name: string | null;
  readonly version: string | null;
  readonly environment: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const NAME = 'service.name';
const VERSION = 'service.version';
const ENVIRONMENT = 'deployment.environment.name';
/** Renamed in semantic conventions 1.27; still what many deployments set. */
const OLD_ENVIRONMENT = 'deployment.environment';

/** From `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`. */
export function serviceFromEnvironment(environment: Environment): ServiceIdentity {
  const attributes = parseResourceAttributes(environment['OTEL_RESOURCE_ATTRIBUTES'] ?? '');
  return {
    name: nonEmpty(environment['OTEL_SERVICE_NAME']) ?? attributes[NAME] ?? null,
    version: attributes[VERSION] ?? null,
    environment: attributes[ENVIRONMENT] ?? attributes[OLD_ENVIRONMENT] ?? null,
  };
}

/**
 * An SDK's span carries the resource that the application configured in code. Spans of other implementations, and
 * spans that are not sampled, have none.
 */
export function serviceFromSpan(span: Span | undefined): ServiceIdentity | null {
  const attributes = (span as { resource?: { attributes?: Record<string, unknown> } } | undefined)?.resource
    ?.attributes;
  if (attributes === undefined) return null;
  const text = (name: string): string | null => {
    const value = attributes[name];
    return typeof value === 'string' ? nonEmpty(value) : null;
  };
  const name = text(NAME);
  return {
    // The SDK's own placeholder says nothing.
    name: name?.startsWith('unknown_service') === true ? null : name,
    version: text(VERSION),
    environment: text(ENVIRONMENT) ?? text(OLD_ENVIRONMENT),
  };
}

/** `a=b,c=d` with percent-encoded values, as the OpenTelemetry specification writes it. */
function parseResourceAttributes(text: string): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=');
    if (equals <= 0) continue;
    const value = pair.slice(equals + 1).trim();
    try {
      attributes[pair.slice(0, equals).trim()] = decodeURIComponent(value);
    } catch {
      attributes[pair.slice(0, equals).trim()] = value;
    }
  }
  return attributes;
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : value;
}
