/**
 * Names of the GenAI conventions that concern a client's calls, as open-telemetry/semantic-conventions-genai has them:
 * metrics from `model/gen-ai/metrics.yaml` and `token-metrics.yaml` at commit 066d4a7f356f8600de6f10c42874626ab88692fb,
 * attributes from `docs/gen-ai/client-inference.md` at commit 024a4f944a1291fcb627c9c47da69e79868dd15e. Made again by
 * reading those files when the commit in semconv.ts moves.
 */
export const CONVENTION_METRICS: Readonly<
  Record<string, { readonly kind: 'counter' | 'histogram'; readonly unit: string }>
> = {
  'gen_ai.client.operation.duration': { kind: 'histogram', unit: 's' },
  'gen_ai.client.inference.duration': { kind: 'histogram', unit: 's' },
  'gen_ai.client.inference.time_to_first_chunk': { kind: 'histogram', unit: 's' },
  'gen_ai.client.inference.time_per_output_chunk': { kind: 'histogram', unit: 's' },
  'gen_ai.client.inference.usage.input_tokens': { kind: 'counter', unit: '{token}' },
  'gen_ai.client.inference.usage.output_tokens': { kind: 'counter', unit: '{token}' },
  'gen_ai.client.inference.usage.cache_read.input_tokens': { kind: 'counter', unit: '{token}' },
  'gen_ai.client.inference.usage.cache_write.input_tokens': { kind: 'counter', unit: '{token}' },
  'gen_ai.client.inference.usage.reasoning.output_tokens': { kind: 'counter', unit: '{token}' },
  'gen_ai.client.inference.operation.input_tokens': { kind: 'histogram', unit: '{token}' },
  'gen_ai.client.inference.operation.output_tokens': { kind: 'histogram', unit: '{token}' },
};

/** Of semantic-conventions v1.41.0, `model/gen-ai/metrics.yaml`. */
export const V141_METRICS: typeof CONVENTION_METRICS = {
  'gen_ai.client.operation.duration': { kind: 'histogram', unit: 's' },
  'gen_ai.client.operation.time_to_first_chunk': { kind: 'histogram', unit: 's' },
  'gen_ai.client.operation.time_per_output_chunk': { kind: 'histogram', unit: 's' },
  'gen_ai.client.token.usage': { kind: 'histogram', unit: '{token}' },
};

export const CONVENTION_ATTRIBUTES: readonly string[] = [
  'error.type',
  'gen_ai.conversation.compacted',
  'gen_ai.conversation.id',
  'gen_ai.input.messages',
  'gen_ai.operation.name',
  'gen_ai.output.messages',
  'gen_ai.output.type',
  'gen_ai.prompt.name',
  'gen_ai.prompt.version',
  'gen_ai.provider.name',
  'gen_ai.request.choice.count',
  'gen_ai.request.frequency_penalty',
  'gen_ai.request.max_tokens',
  'gen_ai.request.model',
  'gen_ai.request.presence_penalty',
  'gen_ai.request.previous_response.id',
  'gen_ai.request.reasoning.level',
  'gen_ai.request.seed',
  'gen_ai.request.stop_sequences',
  'gen_ai.request.stream',
  'gen_ai.request.temperature',
  'gen_ai.request.top_k',
  'gen_ai.request.top_p',
  'gen_ai.response.finish_reasons',
  'gen_ai.response.id',
  'gen_ai.response.model',
  'gen_ai.response.time_to_first_chunk',
  'gen_ai.system_instructions',
  'gen_ai.token.modality',
  'gen_ai.tool.definitions',
  'gen_ai.usage.audio.cache_read.input_tokens',
  'gen_ai.usage.audio.input_tokens',
  'gen_ai.usage.audio.output_tokens',
  'gen_ai.usage.cache_read.input_tokens',
  'gen_ai.usage.cache_write.input_tokens',
  'gen_ai.usage.image.cache_read.input_tokens',
  'gen_ai.usage.image.input_tokens',
  'gen_ai.usage.image.output_tokens',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.reasoning.output_tokens',
  'gen_ai.usage.text.cache_read.input_tokens',
  'gen_ai.usage.text.input_tokens',
  'gen_ai.usage.text.output_tokens',
  'server.address',
  'server.port',
];

/** Of the same page. */
export const CONVENTION_EVENTS: readonly string[] = [
  'gen_ai.client.inference.operation.details',
  'gen_ai.client.operation.exception',
];

/** Attributes that v1.41 has and `latest` has not. */
export const V141_ATTRIBUTES: readonly string[] = ['gen_ai.token.type', 'gen_ai.usage.cache_creation.input_tokens'];
