/**
 * Text and images on the `@google/genai` package; Imagen and Veo by plain requests, since version 3 of the package calls
 * them on Vertex only, and speech by a plain request to Cloud Text-to-Speech.
 */
import { setTimeout as pause } from 'node:timers/promises';
import { GoogleGenAI } from '@google/genai';
import { API_KEY, serve, simulatorUrl } from './serve.ts';

const client = new GoogleGenAI({ apiKey: API_KEY, httpOptions: { baseUrl: `${simulatorUrl}/gemini` } });

/** 420 characters: 20 times the sentence of 21. */
const SPEECH = 'The parcel has left. '.repeat(20);

const key = { 'x-goog-api-key': API_KEY };

/** @throws Error where the answer is a refusal. */
async function post<T>(path: string, headers: Record<string, string>, body: unknown): Promise<T> {
  const answer = await fetch(`${simulatorUrl}/${path}`, {
    method: 'POST',
    headers: { ...headers, ...key, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return (await answer.json()) as T;
}

await serve([
  {
    scenario: 'gemini-generate',
    call: async (headers) => {
      const answer = await client.models.generateContent({
        model: 'gemini-2.5-flash',
        contents: 'Write a caption.',
        config: { httpOptions: { headers } },
      });
      return answer.text;
    },
  },
  {
    scenario: 'gemini-stream',
    call: async (headers) => {
      const stream = await client.models.generateContentStream({
        model: 'gemini-2.5-flash',
        contents: 'Write a caption.',
        config: { httpOptions: { headers } },
      });
      let text = '';
      for await (const chunk of stream) text += chunk.text ?? '';
      return text;
    },
  },
  {
    scenario: 'gemini-rate-limited',
    call: async (headers) => {
      const answer = await client.models.generateContent({
        model: 'gemini-2.5-pro',
        contents: 'Write a caption.',
        config: { httpOptions: { headers } },
      });
      return answer.text;
    },
  },
  {
    scenario: 'gemini-native-image',
    call: async (headers) => {
      const answer = await client.models.generateContent({
        model: 'gemini-2.5-flash-image',
        contents: 'A parcel at a depot',
        config: { responseModalities: ['IMAGE'], httpOptions: { headers } },
      });
      return answer.candidates?.[0]?.content?.parts?.[0]?.inlineData?.data;
    },
  },
  {
    scenario: 'imagen-two-images',
    call: async (headers) => {
      const { predictions } = await post<{ predictions: unknown[] }>(
        'gemini/v1beta/models/imagen-4.0-generate-001:predict',
        headers,
        { instances: [{ prompt: 'A parcel at a depot' }], parameters: { sampleCount: 2 } },
      );
      return predictions.length;
    },
  },
  {
    scenario: 'veo-eight-seconds',
    call: async (headers) => {
      const { name } = await post<{ name: string }>(
        'gemini/v1beta/models/veo-3.0-generate-001:predictLongRunning',
        headers,
        { instances: [{ prompt: 'A parcel on its way' }], parameters: { durationSeconds: 8, sampleCount: 1 } },
      );
      for (;;) {
        const answer = await fetch(`${simulatorUrl}/gemini/v1beta/${name}`, { headers: key });
        const operation = (await answer.json()) as { done?: boolean };
        if (operation.done === true) return name;
        await pause(20);
      }
    },
  },
  {
    scenario: 'tts-chirp3-hd',
    call: async (headers) => {
      const { audioContent } = await post<{ audioContent: string }>('texttospeech/v1/text:synthesize', headers, {
        input: { text: SPEECH },
        voice: { languageCode: 'en-US', name: 'en-US-Chirp3-HD-Charon' },
        audioConfig: { audioEncoding: 'MP3' },
      });
      return audioContent;
    },
  },
]);
