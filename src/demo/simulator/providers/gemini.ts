/** The Gemini API: generateContent, its stream, Imagen and Veo (ai.google.dev/api). */
import { identifier } from '../identifiers.ts';
import { json, TEXT, WORDS } from '../wire.ts';
import type { Answer, GoodReply, SimulatedProvider, SimulatedRequest } from '../wire.ts';
import { googleError, googleRefusal } from './google-error.ts';
import { videoOperations } from './gemini-video.ts';

const SERVER_TIMING = { 'server-timing': 'gfet4t7; dur=120' };
const videos = videoOperations();

export const gemini: SimulatedProvider = {
  prefix: '/gemini',
  answer(request, reply) {
    const model = /\/models\/([^/:]+):/.exec(request.path)?.[1] ?? '';
    if ('fault' in reply) return googleRefusal(reply.fault, model);
    if (request.path.endsWith(':generateContent')) return json(200, content(reply, wholeParts(request)), SERVER_TIMING);
    if (request.path.endsWith(':streamGenerateContent')) return stream(reply);
    if (request.path.endsWith(':predict')) return images(request);
    if (request.path.endsWith(':predictLongRunning')) return videos.start(model);
    return googleError(404, 'NOT_FOUND', `${request.path} is not found for API version v1beta.`);
  },
  poll: (request) => videos.poll(request.path),
};

function content(
  reply: GoodReply,
  parts: readonly unknown[],
  finishReason: string | null = 'STOP',
  usage: Readonly<Record<string, unknown>> | undefined = reply.usage,
): Record<string, unknown> {
  return {
    candidates: [{ content: { parts, role: 'model' }, ...(finishReason === null ? {} : { finishReason }), index: 0 }],
    usageMetadata: usage,
    modelVersion: reply.model,
    responseId: identifier(''),
  };
}

/** An image model answers with an image, others with text. */
function wholeParts(request: SimulatedRequest): readonly unknown[] {
  return request.path.includes('-image:')
    ? [{ inlineData: { mimeType: 'image/png', data: 'iVBORw0KGgo=' } }]
    : [{ text: TEXT }];
}

/** Every chunk repeats cumulative counts; early chunks lack the candidates. CRLF, no end marker. */
function stream(reply: GoodReply): Answer {
  const early = {
    promptTokenCount: reply.usage?.['promptTokenCount'],
    totalTokenCount: reply.usage?.['promptTokenCount'],
  };
  const first = content(reply, [{ text: WORDS[0] }], null, early);
  const rest = WORDS.slice(1).map((text, index) => {
    const last = index === WORDS.length - 2;
    const chunk = content(reply, [{ text }], last ? 'STOP' : null, last ? reply.usage : early);
    return { ...chunk, responseId: first['responseId'] };
  });
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...SERVER_TIMING },
    chunks: [first, ...rest].map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`),
  };
}

function images(request: SimulatedRequest): Answer {
  const parameters = request.body['parameters'];
  const asked =
    typeof parameters === 'object' && parameters !== null && 'sampleCount' in parameters
      ? Number(parameters.sampleCount)
      : 1;
  const predictions = Array.from({ length: asked }, () => ({
    mimeType: 'image/png',
    bytesBase64Encoded: 'iVBORw0KGgo=',
  }));
  return json(200, { predictions }, SERVER_TIMING);
}
