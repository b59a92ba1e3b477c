/** What a request says to the model: instructions and conversation, by the shape of its body. */
import { CUT_KEY, CUT_MARK, parseCutEnd, parseCutStart, parseWhole } from '../body/cut-json.ts';
import { isCut, object, objectsOf, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { byteSegments, textSegments } from '../body/segments.ts';
import type { BodyView } from '../exchange.ts';
import type { ContentMessage, MessagePart } from './message-content.ts';
import { partsOf, reasoningPart, textPart, toolCallPart, toolCallsOf, toolResultPart } from './parts.ts';

export interface RequestMessages {
  readonly systemInstructions: readonly MessagePart[];
  readonly inputMessages: readonly ContentMessage[];
  /** All of the body was there to be read. */
  readonly whole: boolean;
}

/** Never throws; a body that is no JSON says nothing. */
export function requestMessages(body: BodyView): RequestMessages {
  const { root, whole } = rootOf(body);
  return { systemInstructions: instructionsOf(root), inputMessages: conversationOf(root), whole };
}

/** The document's top level, put together from head and tail where its middle is missing. */
function rootOf(body: BodyView): { root: JsonObject; whole: boolean } {
  const [first, last] = textSegments(byteSegments(body));
  if (first === undefined) return { root: {}, whole: true };
  const document = first.cutEnd ? undefined : object(parseWhole(first.text));
  if (document !== undefined && document !== null) return { root: document, whole: true };
  const head = object(parseCutEnd(first.text)) ?? {};
  const tail = last === undefined || last.cutEnd ? null : object(parseCutStart(last.text));
  const root: Record<string, unknown> = { ...head, ...tail };
  const rest = tail?.[CUT_KEY];
  // The array that the head leaves open is the one whose end the tail begins with.
  const open = Object.keys(head).find((key) => Array.isArray(head[key]) && endsCut(head[key] as unknown[]));
  if (open !== undefined)
    root[open] = [...(head[open] as unknown[]), ...(Array.isArray(rest) ? (rest as unknown[]) : [])];
  return { root, whole: false };
}

function endsCut(array: readonly unknown[]): boolean {
  const last = object(array.at(-1));
  return last !== null && CUT_MARK in last;
}

function instructionsOf(root: JsonObject): MessagePart[] {
  const gemini = object(root['systemInstruction']) ?? object(root['system_instruction']);
  const found = root['system'] ?? root['instructions'] ?? root['preamble'];
  return gemini === null ? partsOf(found) : partsOf(gemini['parts']);
}

function conversationOf(root: JsonObject): ContentMessage[] {
  for (const key of ['messages', 'contents'] as const) {
    if (Array.isArray(root[key])) return messagesIn(objectsOf(root[key] as unknown[]));
  }
  const input = root['input'];
  if (Array.isArray(input)) return itemsIn(input as unknown[]);
  const prompts = [input, root['prompt'], root['message']].flat();
  return prompts.flatMap((prompt) => (typeof prompt === 'string' ? [said('user', [textPart(prompt)])] : []));
}

function messagesIn(messages: readonly JsonObject[]): ContentMessage[] {
  return messages.flatMap((message) => {
    const role = roleOf(message);
    // Of one that was cut, what is left of it may be anybody's.
    return role === null ? [] : [said(role, messageParts(message))];
  });
}

/** A whole message, of a request or of an answer. */
export function messageParts(message: JsonObject): MessagePart[] {
  if (message['role'] === 'tool') return [toolResultPart(message['tool_call_id'], message['content'])];
  const thought = text(message['reasoning_content']) ?? text(message['reasoning']) ?? text(message['thinking']);
  return [
    ...(thought === null ? [] : [reasoningPart(thought)]),
    ...partsOf(message['content'] ?? message['parts']),
    ...(typeof message['refusal'] === 'string' ? [{ type: 'refusal', content: message['refusal'] }] : []),
    ...toolCallsOf(message),
  ];
}

/** The items of OpenAI's Responses, in a request. */
function itemsIn(items: readonly unknown[]): ContentMessage[] {
  return items.flatMap((each) => {
    if (typeof each === 'string') return [said('user', [textPart(each)])];
    const item = object(each);
    if (item === null || (CUT_MARK in item && Object.keys(item).length === 1)) return [];
    const role = text(item['role']);
    if (role !== null) return [said(nameOf(role), partsOf(item['content']))];
    const parts = itemParts(item);
    const answers = typeof item['type'] === 'string' && item['type'].endsWith('_output');
    return parts.length === 0 ? [] : [said(answers ? 'tool' : 'assistant', parts)];
  });
}

/** One item of OpenAI's Responses that is no message, or an answer's message. */
export function itemParts(item: JsonObject): MessagePart[] {
  switch (item['type']) {
    case 'message':
      return partsOf(item['content']);
    case 'reasoning':
      return [...partsOf(item['summary']), ...partsOf(item['content'])];
    case 'function_call':
      return [toolCallPart(item['call_id'], item['name'], item['arguments'])];
    case 'custom_tool_call':
      return [toolCallPart(item['call_id'], item['name'], item['input'])];
    case 'function_call_output':
    case 'custom_tool_call_output':
      return [toolResultPart(item['call_id'], item['output'])];
    default:
      return typeof item['type'] === 'string' ? [{ type: item['type'] }] : [];
  }
}

function said(role: string, parts: readonly MessagePart[]): ContentMessage {
  return { role, parts };
}

/** @returns null where nobody can tell. */
function roleOf(message: JsonObject): string | null {
  const role = text(message['role']);
  if (role !== null) return nameOf(role);
  return isCut(message) ? null : 'user';
}

function nameOf(role: string): string {
  const name = role.toLowerCase();
  if (name === 'model' || name === 'chatbot') return 'assistant';
  return name === 'function' ? 'tool' : name;
}
