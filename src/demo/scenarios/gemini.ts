/** USD per 1M tokens, image, second or 1M characters, from ai.google.dev/gemini-api/docs/pricing and cloud.google.com/text-to-speech/pricing. */
import { unknownUsage } from './scenario.ts';
import type { Scenario } from './scenario.ts';

export const geminiScenarios: readonly Scenario[] = [
  {
    name: 'gemini-generate',
    provider: 'gemini',
    operation: 'chat',
    model: 'gemini-2.5-flash',
    attempts: [
      {
        reply: {
          model: 'gemini-2.5-flash',
          usage: {
            promptTokenCount: 700,
            candidatesTokenCount: 150,
            thoughtsTokenCount: 350,
            totalTokenCount: 1200,
            promptTokensDetails: [{ modality: 'TEXT', tokenCount: 700 }],
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 700,
          // thoughts are stated beside the candidates: 150 + 350
          outputTokens: 500,
          totalTokens: 1200,
          reasoningTokens: 350,
          // 0.30 / 2.50: 700 x 0.30 = 210; 500 x 2.50 = 1250; 1460 per million
          costUsd: '0.00146',
        },
      },
    ],
  },
  {
    name: 'gemini-stream',
    provider: 'gemini',
    operation: 'chat',
    model: 'gemini-2.5-flash',
    attempts: [
      {
        reply: {
          model: 'gemini-2.5-flash',
          gzip: true,
          usage: {
            promptTokenCount: 1000,
            cachedContentTokenCount: 400,
            candidatesTokenCount: 200,
            totalTokenCount: 1200,
            promptTokensDetails: [{ modality: 'TEXT', tokenCount: 1000 }],
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 1000,
          outputTokens: 200,
          totalTokens: 1200,
          cacheReadTokens: 400,
          // 0.30 / cached 0.03 / 2.50: 600 x 0.30 = 180; 400 x 0.03 = 12; 200 x 2.50 = 500; 692 per million
          costUsd: '0.000692',
        },
      },
    ],
  },
  {
    name: 'gemini-rate-limited',
    provider: 'gemini',
    operation: 'chat',
    model: 'gemini-2.5-pro',
    fails: true,
    attempts: [{ reply: { fault: 'rate-limit' }, expected: unknownUsage(false) }],
  },
  {
    name: 'gemini-native-image',
    provider: 'gemini',
    operation: 'image',
    model: 'gemini-2.5-flash-image',
    attempts: [
      {
        reply: {
          model: 'gemini-2.5-flash-image',
          usage: {
            promptTokenCount: 20,
            candidatesTokenCount: 1290,
            totalTokenCount: 1310,
            promptTokensDetails: [{ modality: 'TEXT', tokenCount: 20 }],
            candidatesTokensDetails: [{ modality: 'IMAGE', tokenCount: 1290 }],
          },
        },
        expected: {
          succeeded: true,
          inputTokens: 20,
          outputTokens: 1290,
          totalTokens: 1310,
          // in 0.30, image out 30.00: 20 x 0.30 = 6; 1290 x 30 = 38700; 38706 per million
          costUsd: '0.038706',
        },
      },
    ],
  },
  {
    name: 'imagen-two-images',
    provider: 'gemini',
    operation: 'image',
    model: 'imagen-4.0-generate-001',
    attempts: [
      {
        reply: { model: null },
        // 2 images x $0.04
        expected: { ...unknownUsage(true), costUsd: '0.08' },
      },
    ],
  },
  {
    name: 'veo-eight-seconds',
    provider: 'gemini',
    operation: 'video',
    model: 'veo-3.0-generate-001',
    attempts: [
      {
        reply: { model: null },
        // 8 seconds x $0.40 with sound; known when the operation is done
        expected: { ...unknownUsage(true), costUsd: '3.2' },
      },
    ],
  },
  {
    name: 'tts-chirp3-hd',
    provider: 'google-tts',
    operation: 'speech',
    model: 'chirp3-hd',
    attempts: [
      {
        reply: { model: null },
        // 420 characters x $30 per 1M characters
        expected: { ...unknownUsage(true), costUsd: '0.0126' },
      },
    ],
  },
];
