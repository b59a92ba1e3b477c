/** Whether messages are captured, how much of them, and what is taken out before: off unless somebody asks. */
import type { MessageContent, UsageRecord } from '@wiretally/usage';

/** The values of `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`. */
export type ContentCapture = 'NO_CONTENT' | 'SPAN_ONLY' | 'EVENT_ONLY' | 'SPAN_AND_EVENT';

/**
 * Takes out of messages what must not leave. Gets all that was read, before it is shortened, and returns what may go
 * out, or null for nothing; it may change what it got. Runs when a call has ended. Where it throws, or returns something
 * else (a promise, too), the content is dropped.
 */
export type ContentRedaction = (content: MessageContent, call: UsageRecord) => MessageContent | null;

export interface ContentOptions {
  /**
   * Prompts and answers on spans, on events, or on both; `true` is `SPAN_ONLY`. Default: the standard variable
   * `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, else none.
   */
  readonly captureMessageContent?: boolean | ContentCapture | undefined;
  /**
   * Characters of JSON that instructions, input and output may take, each; default
   * `WIRETALLY_CONTENT_MAX_CHARACTERS`, else 65,536.
   */
  readonly contentMaxCharacters?: number | undefined;
  readonly redactContent?: ContentRedaction | undefined;
}

export interface ContentSettings {
  readonly onSpans: boolean;
  readonly onEvents: boolean;
  readonly maxCharacters: number;
  readonly redact: ContentRedaction | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = 'OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT';
const CAPTURES: readonly string[] = ['NO_CONTENT', 'SPAN_ONLY', 'EVENT_ONLY', 'SPAN_AND_EVENT'];
const MAX_CHARACTERS = 65_536;

/**
 * The code's options, then the variables.
 *
 * @param complain gets one sentence for a value that is none: then nothing is captured.
 * @returns null where no content is captured.
 */
export function contentSettings(
  options: ContentOptions,
  environment: Environment,
  complain: (problem: string) => void,
): ContentSettings | null {
  const capture = captureOf(options.captureMessageContent ?? environment[VARIABLE], complain);
  if (capture === 'NO_CONTENT') return null;
  return {
    onSpans: capture !== 'EVENT_ONLY',
    onEvents: capture !== 'SPAN_ONLY',
    maxCharacters: positive(options.contentMaxCharacters ?? environment['WIRETALLY_CONTENT_MAX_CHARACTERS']),
    redact: options.redactContent ?? null,
  };
}

function captureOf(stated: boolean | string | undefined, complain: (problem: string) => void): ContentCapture {
  const value = String(stated ?? '')
    .trim()
    .toUpperCase();
  // What the variable meant before it had four values.
  if (value === '' || value === 'FALSE') return 'NO_CONTENT';
  if (value === 'TRUE') return 'SPAN_ONLY';
  if (CAPTURES.includes(value)) return value as ContentCapture;
  complain(`${VARIABLE} is none of ${CAPTURES.join(', ')}: no message content is captured`);
  return 'NO_CONTENT';
}

function positive(stated: number | string | undefined): number {
  const value = Number(stated);
  return stated !== '' && Number.isFinite(value) && value > 0 ? Math.floor(value) : MAX_CHARACTERS;
}
