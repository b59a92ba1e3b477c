/** Requests by `node:http`, as libraries make them. */
import * as http from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import type { Client, Send } from './clients.fixture.ts';

type Make = (url: string, send: Send) => http.ClientRequest;

const client = (name: string, make: Make): Client => ({
  name: `node:http, ${name}`,
  isFetch: false,
  send: (url, options = {}) =>
    new Promise((resolve, reject) => {
      const request = make(url, options);
      request.on('error', reject);
      request.on('response', (response) => {
        buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
      });
    }),
});

const options = ({ method = 'GET', headers = {}, signal }: Send): http.RequestOptions => ({
  method,
  headers,
  ...(signal && { signal }),
});

const keepAlive = new http.Agent({ keepAlive: true, maxSockets: 2 });

export const HTTP_CLIENTS: readonly Client[] = [
  client('end(body)', (url, send) => http.request(url, options(send)).end(send.body)),
  client('kept alive', (url, send) => http.request(url, { ...options(send), agent: keepAlive }).end(send.body)),
  client('no agent', (url, send) => http.request(url, { ...options(send), agent: false }).end(send.body)),
  client('write in pieces', (url, send) => {
    const request = http.request(url, options(send));
    const body = Buffer.from(send.body ?? '');
    for (let at = 0; at < body.length; at += 100_000) request.write(body.subarray(at, at + 100_000));
    request.end();
    return request;
  }),
  client('latin1 text', (url, send) => {
    const request = http.request(url, options(send));
    if (send.body !== undefined) request.write(Buffer.from(send.body).toString('latin1'), 'latin1');
    return request.end();
  }),
  client('piped', (url, send) => {
    const request = http.request(url, options(send));
    Readable.from(send.body === undefined ? [] : [Buffer.from(send.body)]).pipe(request);
    return request;
  }),
  client('headers as an array', (url, send) =>
    http
      .request(url, {
        ...options(send),
        headers: ['Host', new URL(url).host, ...Object.entries(send.headers ?? {}).flat(), 'Connection', 'close'],
      })
      .end(send.body),
  ),
];
