/** One exchange → what was said in it. */
import type { Exchange } from '../exchange.ts';
import { answerMessages } from './answer-messages.ts';
import { NO_CONTENT } from './message-content.ts';
import type { MessageContent } from './message-content.ts';
import { requestMessages } from './request-messages.ts';

/**
 * Reads what was said in a call to a model, as far as head and tail of its bodies hold it. Shapes are recognized, not
 * providers: OpenAI's chat, completions and Responses and who speaks like them, Anthropic's messages on any host,
 * Gemini, Bedrock's Converse, Cohere, Ollama. Never throws; what is not recognized is not there.
 */
export function readContent(exchange: Exchange): MessageContent {
  const { request, response } = exchange;
  // The messages of a WebSocket are kept without their texts.
  if (response?.status === 101) return NO_CONTENT;
  try {
    const asked = request.body === null ? null : requestMessages(request.body);
    const answered = response?.body == null || response.status >= 400 ? null : answerMessages(response.body);
    const inputMessages = asked?.inputMessages ?? [];
    const systemInstructions = asked?.systemInstructions ?? [];
    const outputMessages = answered?.outputMessages ?? [];
    const parts = [...systemInstructions, ...[...inputMessages, ...outputMessages].flatMap((message) => message.parts)];
    return {
      systemInstructions,
      inputMessages,
      outputMessages,
      truncated:
        asked?.whole === false ||
        answered?.whole === false ||
        exchange.overload === true ||
        parts.some((part) => part['truncated'] === true),
    };
  } catch {
    return { ...NO_CONTENT, truncated: true };
  }
}
