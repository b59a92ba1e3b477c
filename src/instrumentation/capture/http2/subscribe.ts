/** Sees every request of `node:http2`: the AWS SDK for Bedrock uses it by default. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Capture } from '../capture.ts';
import type { Undo } from '../claim.ts';
import { reportFault } from '../guard.ts';
import { ATTEMPT } from '../process-keys.ts';
import { createHttp2Watch } from './hooks.ts';
import { createQueuedStreams, isHttp2Wrappers } from './queued.ts';
import { http2RequestReader, isUndicis, withoutPseudo } from './stream.ts';
import type { Http2Request } from './stream.ts';

const CREATED = 'http2.client.stream.created';
/** In spite of its name: when the answer's head has arrived, before any of its body. Not for informational heads. */
const ANSWERED = 'http2.client.stream.finish';

export function enableHttp2(capture: Capture): Undo {
  const { counters } = capture;
  const watch = createHttp2Watch(counters);
  const queued = createQueuedStreams(counters);

  const created = (message: unknown): void => {
    try {
      const { stream, headers } = message as { stream: Http2Request; headers: Record<string, string | undefined> };
      const authority = headers[':authority'] ?? headers['host'] ?? '';
      const match = capture.match(`${headers[':scheme'] ?? 'https'}://${authority}`);
      const method = headers[':method'] ?? 'GET';
      if (match === null || method === 'CONNECT' || isUndicis(stream.session)) return;
      const url = URL.parse(headers[':path'] ?? '/', `${headers[':scheme'] ?? 'https'}://${authority}`);
      if (url === null) return;
      const begin = (): void => {
        const attempt = capture.begin(match, stream, http2RequestReader, method, url);
        if (attempt !== null) watch(stream, attempt);
      };
      if (isHttp2Wrappers(stream.session)) queued.wait(stream, begin);
      else begin();
    } catch (error) {
      reportFault(counters, 'create', error);
    }
  };

  const answered = (message: unknown): void => {
    try {
      const { stream, headers } = message as { stream: Http2Request; headers: Record<string, unknown> };
      queued.begin(stream);
      stream[ATTEMPT]?.answer(Number(headers[':status'] ?? 0), withoutPseudo(headers));
    } catch (error) {
      reportFault(counters, 'response-head', error);
    }
  };

  subscribe(CREATED, created);
  subscribe(ANSWERED, answered);
  return () => {
    unsubscribe(CREATED, created);
    unsubscribe(ANSWERED, answered);
  };
}
