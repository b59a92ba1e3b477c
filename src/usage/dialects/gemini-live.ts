/** Live sessions: the server's messages, one JSON document a line; one `usageMetadata` a turn, and they are added. */
import { count, identifier, object, text, wholeObject } from '../body/fields.ts';
import { parseCutEnd } from '../body/cut-json.ts';
import type { CallInfo, Dialect } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';
import { geminiTokens } from './gemini.ts';
import { sumTokens } from './openai-realtime.ts';

export const geminiLive: Dialect = {
  wants: /"usageMetadata"|"error"/,
  start(call, found) {
    const turns: Partial<TokenCounts>[] = [];
    found.requestModel = setupModel(call);
    return {
      observe(part) {
        const usage = wholeObject(part['usageMetadata']);
        if (usage === null) return;
        const counts = geminiTokens(usage);
        const response = count(usage['responseTokenCount']);
        // AI Studio's total is prompt and response: thoughts are stated, but not counted as output.
        const thoughtsOutside = response !== null && counts.total === (counts.input ?? 0) + response;
        turns.push(thoughtsOutside ? { ...counts, output: response } : counts);
      },
      conclude() {
        if (call.gap || turns.length === 0) return;
        found.tokens = sumTokens(turns);
        found.usageIsFinal = true;
      },
    };
  },
};

/** The client's first message names the model. */
function setupModel(call: CallInfo): string | null {
  const { body } = call.exchange.request;
  if (body === null) return null;
  const first = new TextDecoder().decode(body.head).split('\n', 1)[0] ?? '';
  const setup = object(object(parseCutEnd(first))?.['setup']);
  return identifier(text(setup?.['model'])?.replace(/^.*models\//, ''));
}
