/**
 * Live sessions: turns have no ids, there is one at a time. `turnComplete` ends it and `usageMetadata` states what it
 * used, in the same message or in one before or after. While audio streams in, only the server's answer shows a turn.
 */
import { parseWhole } from '../body/cut-json.ts';
import { object } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { SessionProtocol, SessionSign } from './session.ts';
import { slimLine } from './slim-line.ts';

// Google's JSON takes names in both spellings.
const ASKS = /"(?:setup|client_?[cC]ontent|activity_?[eE]nd)"|"realtime_?[iI]nput"\s*:\s*\{\s*"text"/;
const WORKS = /"(?:modelTurn|toolCall)"/;
const TELLS = /"(?:modelTurn|toolCall|turnComplete|usageMetadata)"/;
/** Most messages are pieces of an answer, which need no parsing. */
const STATES = /"(?:turnComplete|usageMetadata)"/;

export const geminiSession: SessionProtocol = {
  wants: { client: ASKS, server: TELLS },
  start() {
    let turn: 'none' | 'open' | 'settled' = 'none';
    let usageSeen = false;

    function ended(signs: SessionSign[]): void {
      signs.push(sign('end'));
      turn = 'none';
      usageSeen = false;
    }

    function client(part: JsonObject): SessionSign[] {
      if (object(part['setup']) !== null) return [sign('setup', slimLine({ setup: setupOf(part) }))];
      if (!asks(part) || turn === 'open') return [];
      const signs: SessionSign[] = [];
      if (turn === 'settled') ended(signs);
      signs.push(sign('begin'));
      turn = 'open';
      return signs;
    }

    function server(text: string): SessionSign[] {
      const part = STATES.test(text) ? object(parseWhole(text)) : null;
      const usage = object(part?.['usageMetadata']);
      const complete = object(part?.['serverContent'])?.['turnComplete'] === true;
      const works = WORKS.test(text);
      const signs: SessionSign[] = [];
      if (turn === 'settled' && works) ended(signs);
      if (works || complete || (usage !== null && turn !== 'none')) {
        signs.push(sign('started'));
        if (turn === 'none') turn = 'open';
      }
      if (usage !== null) {
        signs.push(sign('usage', slimLine({ usageMetadata: usage })));
        usageSeen ||= turn !== 'none';
      }
      if (turn === 'none') return signs;
      if (usageSeen && (complete || turn === 'settled')) ended(signs);
      else if (complete) {
        signs.push(sign('settled'));
        turn = 'settled';
      }
      return signs;
    }

    return {
      read(side, text) {
        if (side === 'server') return server(text);
        // The model stands at the beginning of a setup, also of one that was cut.
        const part = object(parseWhole(text)) ?? cutSetup(text);
        return part === null ? [] : client(part);
      },
    };
  },
};

function sign(kind: SessionSign['kind'], line: string | null = null): SessionSign {
  return { kind, id: null, line };
}

/** The model is all that a reader needs; instructions and tools are long. */
function setupOf(part: JsonObject): JsonObject {
  return { model: object(part['setup'])?.['model'] };
}

function cutSetup(text: string): JsonObject | null {
  const model = /^\s*\{\s*"setup"\s*:\s*\{\s*"model"\s*:\s*"([^"\\]{1,512})"/.exec(text)?.[1];
  return model === undefined ? null : { setup: { model } };
}

/** Content that only fills the context (`turnComplete` not true) is not answered. */
function asks(part: JsonObject): boolean {
  const content = object(part['clientContent'] ?? part['client_content']);
  if (content !== null) return (content['turnComplete'] ?? content['turn_complete']) === true;
  const input = object(part['realtimeInput'] ?? part['realtime_input']);
  return input !== null && (Object.hasOwn(input, 'text') || 'activityEnd' in input || 'activity_end' in input);
}
