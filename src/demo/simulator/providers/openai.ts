/** OpenAI: chat completions, responses, embeddings, images (platform.openai.com/docs/api-reference). */
import { goDuration, headroom } from '../headroom.ts';
import { identifier } from '../identifiers.ts';
import { chatCompletion, openaiError, wantsUsage } from '../openai-like.ts';
import { json, sse, textField } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer, GoodReply, SimulatedProvider, SimulatedRequest } from '../wire.ts';
import { openaiResponse } from './openai-responses.ts';

const requests = headroom(500, 60);
const tokens = headroom(500_000, 60);

function limits(): Record<string, string> {
  const request = requests(1);
  const token = tokens(1000);
  return {
    'x-request-id': identifier('req_'),
    'openai-processing-ms': '42',
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': String(request.limit),
    'x-ratelimit-remaining-requests': String(request.remaining),
    'x-ratelimit-reset-requests': goDuration(0.12),
    'x-ratelimit-limit-tokens': String(token.limit),
    'x-ratelimit-remaining-tokens': String(token.remaining),
    'x-ratelimit-reset-tokens': goDuration(token.resetSeconds),
  };
}

export const openai: SimulatedProvider = {
  prefix: '/openai',
  answer(request, reply) {
    if ('fault' in reply) return refusal(reply.fault);
    if (request.path.endsWith('/chat/completions')) return chat(request, reply);
    if (request.path.endsWith('/responses')) return openaiResponse(request, reply, limits());
    if (request.path.endsWith('/embeddings')) return embeddings(request, reply);
    if (request.path.endsWith('/images/generations')) return image(reply);
    return openaiError(
      {
        status: 404,
        message: `Unknown request URL: ${request.path}`,
        type: 'invalid_request_error',
        code: 'unknown_url',
      },
      limits(),
    );
  },
};

function chat(request: SimulatedRequest, reply: GoodReply): Answer {
  const asked = wantsUsage(request);
  return chatCompletion(request, reply, {
    id: identifier('chatcmpl-'),
    headers: limits(),
    common: { service_tier: 'default', system_fingerprint: 'fp_demo' },
    nullUsageOnChunks: asked,
    usageChunk: asked ? { usage: reply.usage } : null,
    errorEvent: sse({
      error: {
        message: 'The server had an error while processing your request.',
        type: 'server_error',
        param: null,
        code: null,
      },
    }),
  });
}

function embeddings(request: SimulatedRequest, reply: GoodReply): Answer {
  const vector = [0.25, -0.5, 0.125];
  // The SDK asks for base64 and decodes little-endian floats.
  const embedding =
    textField(request.body, 'encoding_format') === 'base64'
      ? Buffer.from(new Float32Array(vector).buffer).toString('base64')
      : vector;
  return json(
    200,
    { object: 'list', data: [{ object: 'embedding', index: 0, embedding }], model: reply.model, usage: reply.usage },
    limits(),
  );
}

function image(reply: GoodReply): Answer {
  return json(
    200,
    {
      created: Math.floor(Date.now() / 1000),
      background: 'opaque',
      output_format: 'png',
      quality: 'medium',
      size: '1024x1024',
      data: [{ b64_json: 'iVBORw0KGgo=' }],
      usage: reply.usage,
    },
    limits(),
  );
}

function refusal(fault: Fault): Answer {
  switch (fault) {
    case 'rate-limit':
      return openaiError(
        {
          status: 429,
          message: 'Rate limit reached for this model on requests per min (RPM): Limit 500, Used 500, Requested 1.',
          type: 'requests',
          code: 'rate_limit_exceeded',
        },
        { ...limits(), 'retry-after': '1', 'retry-after-ms': '120' },
      );
    case 'unauthorized':
      return openaiError(
        { status: 401, message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
        limits(),
      );
    case 'server':
      return openaiError(
        { status: 500, message: 'The server had an error.', type: 'server_error', code: null },
        limits(),
      );
    case 'overloaded':
      return openaiError(
        { status: 503, message: 'The engine is currently overloaded.', type: 'server_error', code: null },
        limits(),
      );
  }
}
