/** Sees every request of `node:http` and `node:https`: axios, got, node-fetch, gaxios, the AWS SDK and many others. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Capture } from '../capture.ts';
import type { Undo } from '../claim.ts';
import { reportFault } from '../guard.ts';
import { ATTEMPT } from '../process-keys.ts';
import { createSessionWatch } from '../websocket/socket.ts';
import { httpRequestReader, originOf } from './client.ts';
import type { HttpRequest, HttpResponse } from './client.ts';
import { createHttpWatch } from './hooks.ts';

const CREATED = 'http.client.request.created';
/** In spite of its name: when the answer's head has arrived, before the application gets it. */
const ANSWERED = 'http.client.response.finish';

export function enableHttp(capture: Capture): Undo {
  const { counters } = capture;
  const sessions = createSessionWatch(capture);
  const watch = createHttpWatch(counters, sessions);

  const created = (message: unknown): void => {
    try {
      const { request } = message as { request: HttpRequest };
      const match = capture.match(originOf(request));
      if (match === null || request.method === 'CONNECT') return;
      const url = URL.parse(request.path, originOf(request));
      if (url === null) return;
      const attempt = capture.begin(match, request, httpRequestReader, request.method, url);
      if (attempt !== null) watch.request(request, attempt);
    } catch (error) {
      reportFault(counters, 'create', error);
    }
  };

  const answered = (message: unknown): void => {
    try {
      const { request, response } = message as { request: HttpRequest; response: HttpResponse };
      const attempt = request[ATTEMPT];
      if (attempt !== undefined) watch.response(response, attempt);
    } catch (error) {
      reportFault(counters, 'response-head', error);
    }
  };

  subscribe(CREATED, created);
  subscribe(ANSWERED, answered);
  return () => {
    sessions.stop();
    unsubscribe(CREATED, created);
    unsubscribe(ANSWERED, answered);
  };
}
