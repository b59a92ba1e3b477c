/** A bound on what is said of what was said. */
import type { ContentMessage, MessageContent, MessagePart } from './message-content.ts';

/**
 * Bounds instructions, input and output to `maxCharacters` of JSON each. Of the input the latest messages are kept, of
 * instructions and output the beginning. A text that does not fit ends early; a message or part that lost something
 * says `truncated: true`.
 */
export function limitContent(content: MessageContent, maxCharacters: number): MessageContent {
  const system = fit(content.systemInstructions, maxCharacters, cutPart);
  const input = fit(content.inputMessages.toReversed(), maxCharacters, cutMessage);
  const output = fit(content.outputMessages, maxCharacters, cutMessage);
  return {
    systemInstructions: system.kept,
    inputMessages: input.kept.toReversed(),
    outputMessages: output.kept,
    truncated: content.truncated || system.cut || input.cut || output.cut,
  };
}

interface Fitted<T> {
  readonly kept: readonly T[];
  readonly cut: boolean;
}

/** What brackets and commas take. */
const FRAME = 2;

function fit<T>(items: readonly T[], room: number, cutOne: (item: T, room: number) => T | null): Fitted<T> {
  const kept: T[] = [];
  let left = room - FRAME;
  for (const item of items) {
    const size = JSON.stringify(item).length + 1;
    if (size <= left) {
      kept.push(item);
      left -= size;
      continue;
    }
    const cut = cutOne(item, left);
    if (cut !== null) kept.push(cut);
    return { kept, cut: true };
  }
  return { kept, cut: false };
}

function cutMessage(message: ContentMessage, room: number): ContentMessage | null {
  const empty = { ...message, parts: [], truncated: true };
  const left = room - JSON.stringify(empty).length;
  if (left <= 0) return null;
  return { ...empty, parts: fit(message.parts, left, cutPart).kept };
}

/** Only texts can be shortened; anything else is there or not. */
function cutPart(part: MessagePart, room: number): MessagePart | null {
  const { content } = part;
  if (typeof content !== 'string') return null;
  const empty = { ...part, content: '', truncated: true };
  const left = room - JSON.stringify(empty).length;
  if (left <= 0) return null;
  // A character takes up to six in JSON: shortened until it fits.
  let end = Math.min(content.length, left);
  while (end > 0 && JSON.stringify(content.slice(0, end)).length - 2 > left) end = Math.floor(end * 0.8);
  // Not between the halves of a pair.
  if (end > 0 && (content.charCodeAt(end - 1) & 0xfc00) === 0xd800) end -= 1;
  return end <= 0 ? null : { ...empty, content: content.slice(0, end) };
}
