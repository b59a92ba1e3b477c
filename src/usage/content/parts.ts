/** The blocks that messages are made of, whichever provider's, as the conventions' parts. */
import { parseWhole } from '../body/cut-json.ts';
import { elements, object, text } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import type { MessagePart } from './message-content.ts';

/** A message's content: a text, or a list of blocks. */
export function partsOf(content: unknown): MessagePart[] {
  if (typeof content === 'string') return content === '' ? [] : [textPart(content)];
  if (Array.isArray(content)) return (content as unknown[]).flatMap(partsOf);
  const block = object(content);
  return block === null ? [] : partsOfBlock(block);
}

export function textPart(content: string): MessagePart {
  return { type: 'text', content };
}

export function reasoningPart(content: string): MessagePart {
  return { type: 'reasoning', content };
}

/** @param args as an object, or as the JSON text that OpenAI-like APIs send; a text that is no JSON stays as it is. */
export function toolCallPart(id: unknown, name: unknown, args: unknown): MessagePart {
  const parsed = typeof args === 'string' ? (parseWhole(args) ?? args) : args;
  return {
    type: 'tool_call',
    ...(text(id) === null ? {} : { id }),
    name: text(name) ?? 'unknown',
    ...(parsed === undefined || parsed === '' ? {} : { arguments: parsed }),
  };
}

export function toolResultPart(id: unknown, response: unknown): MessagePart {
  return { type: 'tool_call_response', ...(text(id) === null ? {} : { id }), response: resultOf(response) };
}

/** OpenAI's `tool_calls` of a message. */
export function toolCallsOf(message: JsonObject): MessagePart[] {
  return elements(message, 'tool_calls').map((call) => {
    const called = object(call['function']) ?? object(call['custom']);
    return toolCallPart(call['id'], called?.['name'], called?.['arguments'] ?? called?.['input']);
  });
}

function partsOfBlock(block: JsonObject): MessagePart[] {
  const { type } = block;
  // Bedrock's Converse and Gemini name a block by its one key.
  return typeof type === 'string' ? typedPart(type, block) : keyedPart(block);
}

function typedPart(type: string, block: JsonObject): MessagePart[] {
  switch (type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'summary_text':
    case 'reasoning_text':
      return typeof block['text'] === 'string'
        ? [
            type === 'summary_text' || type === 'reasoning_text'
              ? reasoningPart(block['text'])
              : textPart(block['text']),
          ]
        : [];
    case 'refusal':
      return typeof block['refusal'] === 'string' ? [{ type: 'refusal', content: block['refusal'] }] : [];
    case 'thinking':
      return typeof block['thinking'] === 'string' ? [reasoningPart(block['thinking'])] : [];
    case 'tool_use':
      return [toolCallPart(block['id'], block['name'], block['input'])];
    case 'server_tool_use':
      return [serverToolPart(block)];
    case 'tool_result':
      return [toolResultPart(block['tool_use_id'], block['content'])];
    case 'image_url':
      return [mediaPart('image', object(block['image_url'])?.['url'] ?? block['image_url'])];
    case 'input_image':
      return [text(block['file_id']) === null ? mediaPart('image', block['image_url']) : filePart('image', block)];
    case 'image':
      return [sourcePart('image', object(block['source']) ?? block)];
    case 'document':
      return [sourcePart('document', object(block['source']) ?? block)];
    case 'input_audio':
      return [blobPart('audio', null)];
    case 'file':
    case 'input_file':
      return [filePart('document', object(block['file']) ?? block)];
    default:
      // Not known, so that nobody can say what is in it: that it was there, and no more.
      return [{ type }];
  }
}

function keyedPart(block: JsonObject): MessagePart[] {
  if (typeof block['text'] === 'string')
    return block['text'] === ''
      ? []
      : [block['thought'] === true ? reasoningPart(block['text']) : textPart(block['text'])];
  const call = object(block['functionCall']) ?? object(block['function_call']);
  if (call !== null) return [toolCallPart(call['id'], call['name'], call['args'])];
  const response = object(block['functionResponse']) ?? object(block['function_response']);
  if (response !== null) return [toolResultPart(response['id'] ?? response['name'], response['response'])];
  const inline = object(block['inlineData']) ?? object(block['inline_data']);
  if (inline !== null) {
    const mime = inline['mimeType'] ?? inline['mime_type'];
    return [blobPart(modalityOf(mime), mime)];
  }
  const stored = object(block['fileData']) ?? object(block['file_data']);
  if (stored !== null) {
    const mime = stored['mimeType'] ?? stored['mime_type'];
    return [uriPart(modalityOf(mime), stored['fileUri'] ?? stored['file_uri'], mime)];
  }
  const used = object(block['toolUse']);
  if (used !== null) return [toolCallPart(used['toolUseId'], used['name'], used['input'])];
  const result = object(block['toolResult']);
  if (result !== null) return [toolResultPart(result['toolUseId'], result['content'])];
  const thought = object(object(block['reasoningContent'])?.['reasoningText'])?.['text'];
  if (typeof thought === 'string') return [reasoningPart(thought)];
  for (const modality of ['image', 'video', 'audio', 'document']) {
    if (object(block[modality]) !== null) return [blobPart(modality, null)];
  }
  return [];
}

function serverToolPart(block: JsonObject): MessagePart {
  const name = text(block['name']) ?? 'unknown';
  return {
    type: 'server_tool_call',
    id: block['id'] ?? null,
    name,
    server_tool_call: { type: name, input: block['input'] },
  };
}

/** Anthropic's `source` of a picture or document. */
function sourcePart(modality: string, source: JsonObject): MessagePart {
  switch (source['type']) {
    case 'url':
      return uriPart(modality, source['url'], source['media_type']);
    case 'file':
      return filePart(modality, source);
    case 'text':
      return textPart(typeof source['data'] === 'string' ? source['data'] : '');
    default:
      return blobPart(modality, source['media_type']);
  }
}

/** A picture by its address, which may be a data URL. */
function mediaPart(modality: string, url: unknown): MessagePart {
  if (typeof url !== 'string' || url.startsWith('data:')) {
    return blobPart(modality, typeof url === 'string' ? (/^data:([\w.+/-]+)/.exec(url)?.[1] ?? null) : null);
  }
  return uriPart(modality, url, null);
}

/** Of binary data only that it was there: it would fill every span, and no text rule could redact it. */
function blobPart(modality: string, mimeType: unknown): MessagePart {
  return { type: 'blob', modality, mime_type: text(mimeType), content: '', truncated: true };
}

function uriPart(modality: string, uri: unknown, mimeType: unknown): MessagePart {
  return { type: 'uri', modality, mime_type: text(mimeType), uri: text(uri) ?? '' };
}

function filePart(modality: string, file: JsonObject): MessagePart {
  const id = text(file['file_id']);
  return id === null ? blobPart(modality, null) : { type: 'file', modality, mime_type: null, file_id: id };
}

function modalityOf(mimeType: unknown): string {
  const kind = typeof mimeType === 'string' ? mimeType.split('/', 1)[0] : undefined;
  return kind === 'image' || kind === 'video' || kind === 'audio' ? kind : 'document';
}

/** A tool's result: one text stays a text, blocks become parts, an object of Gemini's stays as it is. */
function resultOf(response: unknown): unknown {
  if (!Array.isArray(response)) return response ?? '';
  const parts = partsOf(response);
  const [only] = parts;
  return parts.length === 1 && only?.type === 'text' ? only['content'] : parts;
}
