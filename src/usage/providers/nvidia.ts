import { openaiImages } from '../dialects/openai-media.ts';
import { get, openaiOperations, post } from '../dialects/openai-operations.ts';
import { openaiChat } from '../dialects/openai-chat.ts';
import { wholeArray } from '../body/fields.ts';
import { rerankUsage } from '../dialects/rerank.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Provider } from './provider.ts';

/** Long calls answer 202 and are polled. */
const chat = openaiChat({
  streamUsage: 'on-request',
  conclude(_usage, found, call) {
    if (call.exchange.response?.status === 202) found.pending = true;
  },
});

export const nvidia = defineProvider({
  name: 'nvidia',
  shortName: 'nvidia',
  displayName: 'NVIDIA NIM',
  hosts: ['integrate.api.nvidia.com', 'ai.api.nvidia.com'],
  report: {
    status: 'green',
    note: 'usage is in each answer; prototype access is free, without limit headers',
    link: 'https://build.nvidia.com',
    // About that many.
    limits: {
      publishedOn: '2026-11-22',
      plan: 'prototype access',
      limits: [{ count: 40, unit: 'requests', per: 'minute' }],
    },
  },
  operations: [
    post(/\/chat\/completions$/, 'chat', 'text', chat),
    get(/\/status\/[^/]+$/, chat),
    post(
      /\/genai\/(?<model>[^/]+\/[^/]+)$/,
      'image',
      'image',
      openaiImages((part, found) => {
        const artifacts = wholeArray(part, 'artifacts');
        if (artifacts !== null) found.units.images = artifacts.length;
      }),
    ),
    post(/\/(?:reranking|rerank)$/, 'rerank', 'rerank', rerankUsage),
    ...openaiOperations(),
  ],
  requestIdHeaders: ['nvcf-reqid', 'x-request-id'],
  limits: [],
}) satisfies Provider;
