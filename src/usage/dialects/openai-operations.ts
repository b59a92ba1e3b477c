/** The paths of OpenAI's API, which its imitators share, as operations. */
import type { OperationSpec } from '../reader/provider-spec.ts';
import type { Dialect } from '../reader/findings.ts';
import { batchJob } from './batch-job.ts';
import { batchResults } from './batch-results.ts';
import type { AnswerDialect } from './batch-results.ts';
import { openaiChat } from './openai-chat.ts';
import type { OpenaiChatOptions } from './openai-chat.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImages, openaiSpeech, openaiTranscription, openaiVideo } from './openai-media.ts';
import type { AlsoReads } from './openai-media.ts';
import { openaiRealtime } from './openai-realtime.ts';
import { openaiResponses } from './openai-responses.ts';
import type { OpenaiResponsesOptions } from './openai-responses.ts';
import { openaiSession } from '../sessions/openai-session.ts';
import { idsOnly } from './simple.ts';

export interface OpenaiOperationsOptions {
  readonly chat?: OpenaiChatOptions;
  readonly responses?: OpenaiResponsesOptions;
  /** A provider's own fields in answers of images, speech, transcription and videos. */
  readonly media?: AlsoReads;
}

/** Chat completions and text completions alone: what nearly everybody offers. */
export function openaiTextOperations(chat: OpenaiChatOptions): OperationSpec[] {
  const dialect = openaiChat(chat);
  return [
    post(/\/chat\/completions$/, 'chat', 'text', dialect),
    { ...get(/\/chat\/completions(?:\/[^/]+)?$/, dialect), operation: 'retrieve' },
    post(/\/(?:fim\/)?completions$/, 'text_completion', 'text', dialect),
    post(/\/embeddings$/, 'embeddings', 'embedding', openaiEmbeddings),
  ];
}

export function openaiOperations(options: OpenaiOperationsOptions = {}): OperationSpec[] {
  const chat = options.chat ?? { streamUsage: 'on-request' };
  const responses = openaiResponses(options.responses);
  const media = options.media;
  const video = openaiVideo(media);
  const lines = openaiChat(chat);
  return [
    ...openaiTextOperations(chat),
    free(/\/responses\/input_tokens$/, 'count_tokens', 'text'),
    post(/\/responses(?:\/compact)?$/, 'chat', 'text', responses),
    { ...get(/\/responses\/[^/]+$/, responses), operation: 'retrieve' },
    { ...post(/\/responses\/[^/]+\/cancel$/, 'retrieve', 'text', responses), kind: 'restated' },
    post(/\/images\/(?:generations|edits|variations)$/, 'image', 'image', openaiImages(media)),
    post(/\/audio\/speech$/, 'speech', 'speech', openaiSpeech(media)),
    post(/\/audio\/(?:transcriptions|translations)$/, 'transcription', 'transcription', openaiTranscription(media)),
    free(/\/moderations$/, 'moderation', 'moderation'),
    post(/\/videos(?:\/generations|\/edits|\/extensions|\/[^/]+\/remix)?$/, 'video', 'video', video),
    { ...get(/\/videos\/(?!generations)[^/]+$/, video), operation: 'video', serviceType: 'video' },
    post(/\/batches$/, 'batch', 'text', batchJob),
    { ...get(/\/batches\/[^/]+$/, batchJob), operation: 'batch' },
    { ...post(/\/batches\/[^/]+\/cancel$/, 'batch', 'text', batchJob), kind: 'restated' },
    results(/\/files\/[^/]+\/content$/, (answer) => (answer['object'] === 'response' ? responses : lines)),
    // Assistants: a run begins without usage; the GET that finds it finished states it.
    post(/\/threads(?:\/[^/]+)?\/runs$/, 'chat', 'text', assistantRun),
    { ...get(/\/threads\/[^/]+\/runs\/[^/]+$/, assistantRun), operation: 'retrieve' },
    {
      ...post(/\/runs\/[^/]+\/(?:submit_tool_outputs|cancel)$/, 'retrieve', 'text', assistantRun),
      kind: 'restated',
    },
    // Media of WebRTC sessions does not pass here: the call is seen, its usage is not.
    post(/\/realtime\/calls$/, 'realtime', 'text', idsOnly),
    {
      ...post(/\/realtime$/, 'realtime', 'text', openaiRealtime),
      method: '*',
      model: queryModel,
      session: openaiSession,
    },
    // The same events as those of a stream, over WebSocket.
    { ...post(/\/responses$/, 'chat', 'text', responses), method: 'GET', session: openaiSession },
  ];
}

/** A run in Assistants: `usage` is null until it ends. */
const assistantRun: Dialect = openaiChat({
  streamUsage: 'always',
  conclude(_usage, found) {
    found.pending = found.usage === null;
  },
});

function queryModel(_match: RegExpExecArray, url: URL): string | null {
  return url.searchParams.get('model');
}

export function post(
  path: RegExp,
  operation: OperationSpec['operation'],
  serviceType: OperationSpec['serviceType'],
  dialect: Dialect,
): OperationSpec {
  return { method: 'POST', path, kind: 'call', operation, serviceType, dialect };
}

/** An answer that repeats another call's work. */
export function get(path: RegExp, dialect: Dialect): OperationSpec {
  return { method: 'GET', path, kind: 'restated', operation: 'retrieve', serviceType: 'text', dialect };
}

/** A batch's results, a line a request. */
export function results(path: RegExp, dialectOf: AnswerDialect): OperationSpec {
  return { ...get(path, batchResults(dialectOf)), operation: 'batch', results: dialectOf };
}

export function free(
  path: RegExp,
  operation: OperationSpec['operation'],
  serviceType: OperationSpec['serviceType'],
): OperationSpec {
  return { method: 'POST', path, kind: 'free', operation, serviceType, dialect: idsOnly };
}
