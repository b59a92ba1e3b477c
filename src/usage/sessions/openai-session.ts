/**
 * Realtime sessions, and the Responses API over WebSocket: the client's `response.create` asks, `response.created`
 * answers with an id, `response.done` (or `response.completed`) of that id states what was used. With voice detection the
 * server begins by itself. Several responses may be under way at a time.
 */
import { parseWhole } from '../body/cut-json.ts';
import { identifier, object, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { SessionProtocol, SessionSign } from './session.ts';
import { slimLine } from './slim-line.ts';

const ASKS = /"type"\s*:\s*"response\.create"/;
const TELLS =
  /"type"\s*:\s*"(response\.(?:created|done|completed|incomplete|failed)|(?:transcription_)?session\.(?:created|updated)|rate_limits\.updated|error|conversation\.item\.input_audio_transcription\.completed)"/;
/** The response's id, where the message cannot be parsed; it stands before anything that is long. */
const CUT_ID = /"response"\s*:\s*\{[^{}]{0,200}?"id"\s*:\s*"([^"\\]{1,200})"/;
const ENDS: ReadonlySet<string> = new Set([
  'response.done',
  'response.completed',
  'response.incomplete',
  'response.failed',
]);

export const openaiSession: SessionProtocol = {
  wants: { client: ASKS, server: TELLS },
  start: () => ({
    read(side, message) {
      const part = object(parseWhole(message));
      if (side === 'server') return serverSign(part, message);
      return text(part?.['type']) === 'response.create' && part !== null
        ? [{ kind: 'begin', id: identifier(part['event_id']), line: slimLine(part) }]
        : [];
    },
  }),
};

function serverSign(part: JsonObject | null, message: string): SessionSign[] {
  // A message that was cut tells its type where it begins, and nothing else that could be relied on.
  const type = part === null ? (TELLS.exec(message.slice(0, 1024))?.[1] ?? '') : (text(part['type']) ?? '');
  const id = identifier(part === null ? CUT_ID.exec(message)?.[1] : object(part['response'])?.['id']);
  if (type === 'response.created') return [{ kind: 'started', id, line: null }];
  if (part === null) return ENDS.has(type) ? [{ kind: 'lost', id, line: null }] : [];
  if (ENDS.has(type)) return [{ kind: 'end', id, line: slimLine(part) }];
  const line = slimLine(part);
  if (type.endsWith('session.created') || type.endsWith('session.updated')) return [{ kind: 'setup', id: null, line }];
  if (type === 'rate_limits.updated') return [{ kind: 'note', id: null, line }];
  if (type === 'error') return [{ kind: 'refused', id: identifier(object(part['error'])?.['event_id']), line }];
  return type.endsWith('input_audio_transcription.completed') ? [{ kind: 'usage', id: null, line }] : [];
}
