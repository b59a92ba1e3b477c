/** What was said in a call, on its span or as an event, where somebody asked for it. Never on records or metrics. */
import { logs, ROOT_CONTEXT, SeverityNumber, trace } from '@opentelemetry/api';
import type { Attributes, Span } from '@opentelemetry/api';
import { limitContent, readContent } from '@wiretally/usage';
import type { Exchange, MessageContent, UsageRecord } from '@wiretally/usage';
import type { ContentSettings } from './content-settings.ts';
import { CONTENT_ATTR, CONTENT_EVENT, INFERENCE_OPERATIONS, INSTRUMENTATION_NAME } from './semconv.ts';
import { VERSION } from './version.ts';

/** @returns null where there is nothing to tell. Never throws. */
export type ContentOf = (exchange: Exchange, record: UsageRecord) => MessageContent | null;

/** @param failed gets what a redaction threw; it must not print its message, which may repeat what was said. */
export function createContentReader(
  { maxCharacters, redact }: ContentSettings,
  failed: (error: unknown) => void,
): ContentOf {
  return (exchange, record) => {
    if (record.kind !== 'call' || !INFERENCE_OPERATIONS.has(record.operation)) return null;
    try {
      const content = readContent(exchange);
      const allowed = redact === null ? content : checked(redact(content, record));
      return allowed === null ? null : limitContent(allowed, maxCharacters);
    } catch (error) {
      failed(error);
      return null;
    }
  };
}

/** Whatever a hook returns: only what has the right shape goes on. */
function checked(returned: unknown): MessageContent | null {
  if (returned === null) return null;
  const { systemInstructions, inputMessages, outputMessages, truncated } = (returned ?? {}) as Partial<MessageContent>;
  if (!Array.isArray(systemInstructions) || !Array.isArray(inputMessages) || !Array.isArray(outputMessages)) {
    throw new TypeError('the redaction returned no content');
  }
  return { systemInstructions, inputMessages, outputMessages, truncated: truncated === true };
}

/** As JSON: most backends cannot show structured values on spans, and the conventions allow it. */
export function spanContent(content: MessageContent): Attributes {
  return Object.fromEntries(
    Object.entries(eventContent(content)).map(([name, value]) => [
      name,
      typeof value === 'boolean' ? value : JSON.stringify(value),
    ]),
  );
}

/** Structured, as the conventions demand of events. */
function eventContent({ systemInstructions, inputMessages, outputMessages, truncated }: MessageContent): Attributes {
  const attributes: Attributes = {};
  if (systemInstructions.length > 0) attributes[CONTENT_ATTR.systemInstructions] = systemInstructions;
  if (inputMessages.length > 0) attributes[CONTENT_ATTR.inputMessages] = inputMessages;
  if (outputMessages.length > 0) attributes[CONTENT_ATTR.outputMessages] = outputMessages;
  if (truncated) attributes[CONTENT_ATTR.truncated] = true;
  return attributes;
}

/**
 * The event of a call, through the application's LoggerProvider.
 *
 * @param about the attributes of the call's span, of which the conventions' own go with it.
 */
export function emitContentEvent(content: MessageContent, about: Attributes, record: UsageRecord, span: Span): void {
  const kept = Object.entries(about).filter(([name]) => /^(?:gen_ai|server)\.|^error\.type$/.test(name));
  logs.getLogger(INSTRUMENTATION_NAME, VERSION).emit({
    eventName: CONTENT_EVENT,
    timestamp: record.timeUnixMicros / 1000,
    severityNumber: SeverityNumber.INFO,
    attributes: { ...Object.fromEntries(kept), ...eventContent(content) },
    context: trace.setSpan(ROOT_CONTEXT, span),
  });
}
