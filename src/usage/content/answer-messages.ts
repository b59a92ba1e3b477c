/** What the model said: a plain answer or the events of a stream, by their shape. */
import { count, elements, object, text, wholeArray } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { parseWhole } from '../body/cut-json.ts';
import type { BodyView } from '../exchange.ts';
import { bodyParts } from '../framing/body-parts.ts';
import { AnswerBuilder } from './answer-builder.ts';
import type { ContentMessage } from './message-content.ts';
import { partsOf } from './parts.ts';
import { itemParts, messageParts } from './request-messages.ts';

export interface AnswerMessages {
  readonly outputMessages: readonly ContentMessage[];
  /** Nothing of the body is missing. */
  readonly whole: boolean;
}

/** Never throws. */
export function answerMessages(body: BodyView): AnswerMessages {
  const { parts, gap, tailFrom } = bodyParts(body, null);
  const answer = new AnswerBuilder();
  parts.forEach(({ value, name }, index) => {
    if (index === tailFrom) answer.gap();
    const inner = unwrapped(value);
    observe(answer, inner, text(inner['type']) ?? name);
  });
  return { outputMessages: answer.messages(), whole: !gap && body.complete };
}

/** Bedrock sends the events of a model's own API as base64 in frames of AWS. */
function unwrapped(value: JsonObject): JsonObject {
  const { bytes } = value;
  if (typeof bytes !== 'string') return value;
  try {
    return object(parseWhole(new TextDecoder().decode(Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0))))) ?? value;
  } catch {
    return value;
  }
}

function observe(answer: AnswerBuilder, part: JsonObject, type: string | null): void {
  elements(part, 'choices').forEach((choice, position) => openaiChoice(answer, choice, position));
  elements(part, 'candidates').forEach((candidate, position) => geminiCandidate(answer, candidate, position));
  if (Array.isArray(part['content'])) answer.whole(0, 'content', partsOf(part['content']));
  answer.finish(0, part['stop_reason'] ?? part['stopReason'] ?? part['done_reason'] ?? part['finish_reason']);
  responsesOutput(answer, part);
  pieceOfText(answer, part);
  if (type !== null) event(answer, part, type);
  converseEvent(answer, part);
}

function openaiChoice(answer: AnswerBuilder, choice: JsonObject, position: number): void {
  const at = count(choice['index']) ?? position;
  const message = object(choice['message']);
  if (message !== null) answer.whole(at, 'message', messageParts(message));
  answer.text(at, 'text', choice['text']);
  const delta = object(choice['delta']);
  if (delta !== null) {
    answer.reasoning(at, 'delta', delta['reasoning_content'] ?? delta['reasoning']);
    answer.text(at, 'delta', delta['content']);
    // Mistral's reasoning models send blocks here.
    if (Array.isArray(delta['content']))
      for (const each of partsOf(delta['content'])) answer.text(at, 'delta', each['content']);
    for (const call of elements(delta, 'tool_calls')) {
      const called = object(call['function']);
      const block = `tool ${count(call['index']) ?? 0}`;
      answer.tool(at, block, { id: call['id'], name: called?.['name'], args: called?.['arguments'] });
    }
  }
  answer.finish(at, choice['finish_reason']);
}

function geminiCandidate(answer: AnswerBuilder, candidate: JsonObject, position: number): void {
  const at = count(candidate['index']) ?? position;
  for (const part of elements(object(candidate['content']), 'parts')) {
    if (typeof part['text'] !== 'string') {
      const call = object(part['functionCall']);
      const block = `${text(call?.['id']) ?? ''}${text(call?.['name']) ?? ''}${JSON.stringify(part)}`;
      answer.whole(at, block, partsOf(part));
    } else if (part['thought'] === true) answer.reasoning(at, 'parts', part['text']);
    else answer.text(at, 'parts', part['text']);
  }
  answer.finish(at, candidate['finishReason']);
}

/** OpenAI's Responses: the whole of it, in an answer or in the last event of a stream. */
function responsesOutput(answer: AnswerBuilder, part: JsonObject): void {
  const response = object(part['response']) ?? part;
  const output = wholeArray(response, 'output');
  output?.forEach((each, index) => {
    const item = object(each);
    if (item !== null) answer.whole(0, `item ${index}`, itemParts(item));
  });
  const status = text(response['status']);
  if (output !== null && (status === 'completed' || status === 'incomplete'))
    answer.finish(0, object(response['incomplete_details'])?.['reason'] ?? status);
  // Bedrock's Converse.
  const message = object(object(part['output'])?.['message']);
  if (message !== null) answer.whole(0, 'message', partsOf(message['content']));
}

/** Ollama and Cohere: a message, or a piece of one; Ollama's and Cohere's older APIs: a bare text. */
function pieceOfText(answer: AnswerBuilder, part: JsonObject): void {
  const message = object(part['message']);
  if (message !== null && part['type'] === undefined) {
    answer.reasoning(0, 'message', message['thinking']);
    answer.text(0, 'message', message['content']);
    if (typeof message['content'] !== 'string') answer.whole(0, 'message', messageParts(message));
  }
  answer.text(0, 'bare', part['response']);
}

/** Events that say what they are. */
function event(answer: AnswerBuilder, part: JsonObject, type: string): void {
  const delta = object(part['delta']);
  const block = `item ${count(part['output_index']) ?? count(part['index']) ?? 0}`;
  switch (type) {
    case 'response.output_text.delta':
      return answer.text(0, block, part['delta']);
    case 'response.reasoning_summary_text.delta':
    case 'response.reasoning_text.delta':
      return answer.reasoning(0, block, part['delta']);
    case 'response.function_call_arguments.delta':
      return answer.tool(0, block, { args: part['delta'] });
    case 'response.output_item.added': {
      const item = object(part['item']);
      if (item?.['type'] === 'function_call') answer.tool(0, block, { id: item['call_id'], name: item['name'] });
      return;
    }
    case 'response.output_item.done': {
      const item = object(part['item']);
      if (item !== null) answer.whole(0, block, itemParts(item));
      return;
    }
    case 'content_block_start': {
      const started = object(part['content_block']);
      if (started?.['type'] === 'tool_use') answer.tool(0, block, { id: started['id'], name: started['name'] });
      else if (started !== null && started['type'] !== 'text' && started['type'] !== 'thinking')
        answer.whole(0, block, partsOf(started));
      return;
    }
    case 'content_block_delta':
      answer.text(0, block, delta?.['text']);
      answer.reasoning(0, block, delta?.['thinking']);
      if (delta?.['type'] === 'input_json_delta') answer.tool(0, block, { args: delta['partial_json'] });
      return;
    case 'message_delta':
      return answer.finish(0, delta?.['stop_reason']);
    case 'content-delta':
      return answer.text(0, block, object(object(delta?.['message'])?.['content'])?.['text']);
    case 'message-end':
      return answer.finish(0, delta?.['finish_reason']);
    default:
  }
}

/** Events of Bedrock's Converse, which are named in their frame. */
function converseEvent(answer: AnswerBuilder, part: JsonObject): void {
  const index = count(part['contentBlockIndex']);
  if (index === null) return;
  const block = `block ${index}`;
  const started = object(object(part['start'])?.['toolUse']);
  if (started !== null) answer.tool(0, block, { id: started['toolUseId'], name: started['name'] });
  const delta = object(part['delta']);
  answer.text(0, block, delta?.['text']);
  answer.reasoning(0, block, object(delta?.['reasoningContent'])?.['text']);
  const used = object(delta?.['toolUse']);
  if (used !== null) answer.tool(0, block, { args: used['input'] });
}
