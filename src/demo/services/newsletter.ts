/** Writes a newsletter with the AI SDK (`ai`, `@ai-sdk/openai`). */
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const openai = createOpenAI({ apiKey: API_KEY, baseURL: `${simulatorUrl}/openai/v1` });

await serve([
  {
    scenario: 'aisdk-chat',
    call: async (headers) => {
      const { text } = await generateText({ model: openai.chat('gpt-4o-mini'), prompt: 'Write a headline.', headers });
      return text;
    },
  },
  {
    scenario: 'aisdk-responses-stream',
    call: async (headers) => {
      const { textStream } = streamText({ model: openai('gpt-4.1-mini'), prompt: 'Write a headline.', headers });
      let text = '';
      for await (const part of textStream) text += part;
      return text;
    },
  },
]);
