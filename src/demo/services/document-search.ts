/** Finds documents on the `cohere-ai` package: embed, rerank, then a chat over what was found. */
import { CohereClientV2 } from 'cohere-ai';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new CohereClientV2({ token: API_KEY, baseUrl: `${simulatorUrl}/cohere` });
const messages = [{ role: 'user' as const, content: 'Which depot has my parcel?' }];

await serve([
  {
    scenario: 'cohere-embed',
    call: async (headers) => {
      const answer = await client.embed(
        { model: 'embed-v4.0', inputType: 'search_document', embeddingTypes: ['float'], texts: ['parcel'] },
        { headers },
      );
      return answer.embeddings.float?.length;
    },
  },
  {
    scenario: 'cohere-rerank',
    call: async (headers) => {
      const answer = await client.rerank(
        { model: 'rerank-v3.5', query: 'parcel', documents: ['depot', 'street'] },
        { headers },
      );
      return answer.results.length;
    },
  },
  {
    scenario: 'cohere-chat',
    call: async (headers) => {
      const answer = await client.chat({ model: 'command-a-03-2025', messages }, { headers });
      const [block] = answer.message.content ?? [];
      return block?.type === 'text' ? block.text : undefined;
    },
  },
  {
    scenario: 'cohere-stream',
    call: async (headers) => {
      const stream = await client.chatStream({ model: 'command-r-08-2024', messages }, { headers });
      let text = '';
      for await (const event of stream)
        if (event.type === 'content-delta') text += event.delta?.message?.content?.text ?? '';
      return text;
    },
  },
]);
