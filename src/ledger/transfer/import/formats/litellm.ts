/**
 * LiteLLM's SpendLogs, from its PostgreSQL or as a CSV or JSON file. Columns with prompts, answers and keys are never
 * read. https://github.com/BerriAI/litellm, schema.prisma, model LiteLLM_SpendLogs
 */
import type { Operation, ServiceType } from '@wiretally/usage';
import { importedCall } from '../imported-call.ts';
import type { RowReader } from '../row-reader.ts';
import { usageWithZeroDefaults } from './format.ts';
import type { ImportFormat } from './format.ts';

/** Its names of providers where ours differ. */
const PROVIDERS: Readonly<Record<string, string>> = {
  azure_ai: 'azure-inference',
  bedrock_converse: 'bedrock',
  cohere_chat: 'cohere',
  dashscope: 'qwen',
  fireworks_ai: 'fireworks',
  hosted_vllm: 'vllm',
  jina_ai: 'jina',
  nvidia_nim: 'nvidia',
  ollama_chat: 'ollama',
  'text-completion-openai': 'openai',
  together_ai: 'together',
  vertex_ai: 'vertex',
  vertex_ai_beta: 'vertex',
};

/** By a part of the call's type (`acompletion`, `aimage_generation`, …). */
const TYPES: readonly (readonly [pattern: RegExp, service: ServiceType, operation: Operation])[] = [
  [/embedding/, 'embedding', 'embeddings'],
  [/image/, 'image', 'image'],
  [/video/, 'video', 'video'],
  [/transcription/, 'transcription', 'transcription'],
  [/speech/, 'speech', 'speech'],
  [/rerank/, 'rerank', 'rerank'],
  [/moderation/, 'moderation', 'moderation'],
  [/text_completion/, 'text', 'text_completion'],
  [/generate_content/, 'text', 'generate_content'],
];

export const litellm: ImportFormat = {
  name: 'litellm',
  summary: "LiteLLM's SpendLogs, from its PostgreSQL or a CSV or JSON file",
  table: 'LiteLLM_SpendLogs',
  columns: [
    'request_id',
    'call_type',
    'spend',
    'total_tokens',
    'prompt_tokens',
    'completion_tokens',
    'startTime',
    'endTime',
    'request_duration_ms',
    'completionStartTime',
    'model',
    'custom_llm_provider',
    'user',
    'end_user',
    'cache_hit',
    'team_id',
    'session_id',
    'status',
    'metadata',
  ],
  required: ['request_id', 'startTime', 'model'],
  provider: null,
  understand(row) {
    if (row.text('cache_hit')?.toLowerCase() === 'true') {
      row.remark('answered from its cache: no provider was called');
      return null;
    }
    const type = row.text('call_type') ?? '';
    const [, service, operation] = TYPES.find(([pattern]) => pattern.test(type)) ?? [null, 'text', 'chat'];
    const start = row.requiredTime('startTime');
    const metadata = metadataOf(row);
    const success = row.text('status') !== 'failure';
    const team = row.text('team_id');
    return importedCall({
      key: row.key('request_id'),
      timeUnixMicros: start,
      ...modelOf(row),
      service: service ?? 'text',
      operation,
      ...usageWithZeroDefaults(row, {
        input: 'prompt_tokens',
        output: 'completion_tokens',
        total: 'total_tokens',
        cost: 'spend',
      }),
      cacheReadTokens: count(metadata, 'usage_object', 'prompt_tokens_details', 'cached_tokens'),
      reasoningTokens: count(metadata, 'usage_object', 'completion_tokens_details', 'reasoning_tokens'),
      user: row.text('end_user') ?? row.text('user'),
      session: row.text('session_id'),
      tags: team === null ? {} : { team },
      success,
      ...(success ? {} : failureOf(metadata)),
      durationMs: row.amount('request_duration_ms') ?? milliseconds(start, row.time('endTime')),
      timeToFirstChunkMs: firstChunk(row, start),
    });
  },
};

function modelOf(row: RowReader): { provider: string | null; model: string | null } {
  const stated = row.text('custom_llm_provider');
  const model = row.text('model');
  if (stated === null) return { provider: null, model };
  return {
    provider: PROVIDERS[stated] ?? stated,
    model: model?.startsWith(`${stated}/`) === true ? model.slice(stated.length + 1) : model,
  };
}

const milliseconds = (start: number, end: number | null): number | null =>
  end === null || end < start ? null : (end - start) / 1000;

/** Where nothing was streamed, it says the end. */
function firstChunk(row: RowReader, start: number): number | null {
  const first = row.time('completionStartTime');
  return first === row.time('endTime') ? null : milliseconds(start, first);
}

function metadataOf(row: RowReader): unknown {
  try {
    return JSON.parse(row.text('metadata') ?? '{}');
  } catch {
    row.remark('metadata is no JSON and is left out');
    return {};
  }
}

function inside(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== 'object' || at === null) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

function count(metadata: unknown, ...path: readonly string[]): number | null {
  const value = inside(metadata, ...path);
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : null;
}

function failureOf(metadata: unknown): { status: number | null; errorType: string | null } {
  const code = inside(metadata, 'error_information', 'error_code');
  const type = inside(metadata, 'error_information', 'error_class');
  const status = Number(typeof code === 'string' || typeof code === 'number' ? code : Number.NaN);
  return {
    status: Number.isInteger(status) && status >= 400 && status <= 599 ? status : null,
    errorType: typeof type === 'string' && type !== '' ? type.slice(0, 100) : null,
  };
}
