/** `node:http` and `node:https` themselves, with every event that they show. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { bodyOf } from './client.ts';
import type { Call, Client, ClientSetup, Opened, Upgraded } from './client.ts';

const REQUEST_EVENTS = ['socket', 'finish', 'continue', 'information', 'timeout', 'abort', 'close'];

export function httpClient(setup: ClientSetup): Client {
  const agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true, ...(setup.ca !== null && { ca: setup.ca }) }),
  };
  const send = (call: Call): Promise<http.IncomingMessage> =>
    new Promise((resolve, reject) => {
      const { url, method, headers, body, signal, timeoutMs } = call;
      const secure = url.startsWith('https:');
      const request = (secure ? https : http).request(url, {
        method,
        headers,
        agent: agents[secure ? 'https:' : 'http:'],
        ...(signal && { signal }),
        ...(timeoutMs !== undefined && { timeout: timeoutMs }),
      });
      for (const event of REQUEST_EVENTS) request.on(event, () => setup.log(`request event ${event}`));
      request.on('timeout', () => request.destroy(Object.assign(new Error('too slow'), { code: 'ETIMEDOUT' })));
      request.on('error', (error) => {
        setup.log('request event error');
        reject(error);
      });
      request.on('response', (response) => {
        setup.log(`request event response; ${listeners(request)}; ${listeners(response)}`);
        resolve(response);
      });
      if (Array.isArray(body)) {
        for (const piece of body as Buffer[]) request.write(piece);
        request.end();
      } else if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) {
        request.end(body);
      } else {
        (bodyOf(call) as Readable).pipe(request);
      }
    });
  const upgrade = ({ url, headers }: Call, protocol: string): Promise<Upgraded> =>
    new Promise((resolve, reject) => {
      const secure = url.startsWith('https:');
      const request = (secure ? https : http).request(url, {
        headers: { ...headers, connection: 'Upgrade', upgrade: protocol },
        ...(setup.ca !== null && { ca: setup.ca }),
      });
      request.on('upgrade', (response, socket, first) => {
        setup.log(`request event upgrade ${first.length}; ${listeners(request)}; ${listeners(response)}`);
        resolve({ headers: response.headers, socket });
      });
      request.on('response', () => reject(new Error('an answer instead of an upgrade')));
      request.on('error', reject).end();
    });
  const open = async (call: Call): Promise<Opened> => {
    const response = await send(call);
    const { statusCode = 0, headers } = response;
    return { status: statusCode, headers, body: response, trailers: () => response.trailers };
  };
  return {
    open,
    upgrade,
    async whole(call) {
      const { status, headers, body } = await open(call);
      return { status, headers, text: await text(body as http.IncomingMessage) };
    },
  };
}

/** Who listens for what: an application can count. */
function listeners(emitter: NodeJS.EventEmitter): string {
  return emitter
    .eventNames()
    .map((name) => `${String(name)} ${emitter.listenerCount(name)}`)
    .join(', ');
}
