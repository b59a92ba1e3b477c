/** A server of realtime sessions whose answers are told by what it is asked. */
import { once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

export interface RealtimeServer {
  readonly host: string;
  /** What clients said, in order, as text. */
  readonly heard: string[];
  /** The raw sockets of sessions, the youngest last. */
  readonly sockets: Duplex[];
  /** How many upgrades were refused. */
  refused(): number;
  close(): Promise<void>;
}

export interface RealtimeOptions {
  readonly compress: boolean;
}

export const AUDIO = 'A'.repeat(200_000);

export function usageOf(input: number, output: number) {
  return { total_tokens: input + output, input_tokens: input, output_tokens: output };
}

export async function startRealtimeServer({ compress }: RealtimeOptions): Promise<RealtimeServer> {
  const heard: string[] = [];
  const sockets: Duplex[] = [];
  let refused = 0;
  const server = http.createServer((_request, response) => {
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"error":{"code":"invalid_api_key"}}');
  });
  const sessions = new WebSocketServer({
    noServer: true,
    perMessageDeflate: compress ? { threshold: 0 } : false,
  });
  server.on('upgrade', (request, socket, head) => {
    if (request.url?.includes('refuse') === true) {
      refused += 1;
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    sockets.push(socket);
    sessions.handleUpgrade(request, socket, head, (session) => {
      session.on('error', () => {});
      if (request.url?.includes('BidiGenerateContent') === true) live(session);
      else if (request.url?.includes('/listen') === true) listen(session);
      else realtime(session);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** OpenAI's events. */
  function realtime(session: WebSocket): void {
    const tell = (event: object) => session.send(JSON.stringify(event));
    let number = 0;
    // At once, so that it comes in the same packet as the answer's head.
    tell({
      type: 'session.created',
      session: { id: 'sess_1', model: 'gpt-realtime', instructions: 'x'.repeat(1000) },
    });
    session.on('message', (data: Buffer, isBinary: boolean) => {
      const text = data.toString();
      heard.push(text);
      if (isBinary) return;
      const event = JSON.parse(text) as { type: string; do?: string };
      if (event.type !== 'response.create') return;
      if (event.do === 'refuse') {
        tell({
          type: 'error',
          error: { type: 'invalid_request_error', code: 'conversation_already_has_active_response' },
        });
        return;
      }
      number += 1;
      const id = `resp_${number}`;
      tell({ type: 'response.created', response: { id, status: 'in_progress' } });
      tell({
        type: 'rate_limits.updated',
        rate_limits: [{ name: 'tokens', limit: 100, remaining: 100 - number, reset_seconds: 1.5 }],
      });
      tell({ type: 'response.output_audio.delta', response_id: id, delta: AUDIO });
      if (event.do === 'stall') return;
      const output = [{ type: 'message', content: [{ transcript: '"type":"response.done" é ' }] }];
      const done = {
        type: 'response.done',
        response: { id, status: 'completed', output, usage: usageOf(number * 10, 5) },
      };
      if (event.do === 'long') output.push({ type: 'message', content: [{ transcript: AUDIO.repeat(2) }] });
      const text2 = JSON.stringify(done);
      if (event.do === 'fragments') {
        for (let at = 0; at < text2.length; at += 7) {
          session.send(text2.slice(at, at + 7), { fin: at + 7 >= text2.length });
          if (at === 14) session.ping('between');
        }
      } else session.send(text2);
      if (event.do === 'transcribe') {
        tell({
          type: 'conversation.item.input_audio_transcription.completed',
          usage: { type: 'duration', seconds: 3 },
        });
      }
    });
  }

  /** Gemini's, as binary messages. */
  function live(session: WebSocket): void {
    const tell = (event: object) => session.send(Buffer.from(JSON.stringify(event)));
    let number = 0;
    session.on('message', (data: Buffer) => {
      heard.push(data.toString());
      const event = JSON.parse(data.toString()) as Record<string, unknown>;
      if ('setup' in event) tell({ setupComplete: {} });
      if (!('clientContent' in event)) return;
      number += 1;
      const usageMetadata = {
        promptTokenCount: number * 100,
        responseTokenCount: 7,
        totalTokenCount: number * 100 + 7,
      };
      tell({ serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm', data: AUDIO } }] } } });
      tell({ serverContent: { generationComplete: true } });
      if (number === 2) {
        tell({ serverContent: { turnComplete: true } });
        tell({ usageMetadata });
      } else tell({ serverContent: { turnComplete: true }, usageMetadata });
    });
  }

  /** One whose turns nobody knows: the last message tells the seconds. */
  function listen(session: WebSocket): void {
    session.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return;
      heard.push(data.toString());
      session.send('{"type":"Results","is_final":true}');
      session.send('{"type":"Metadata","request_id":"r1","duration":12.5,"channels":1}');
      session.close(1000);
    });
  }

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    sockets,
    refused: () => refused,
    async close() {
      for (const session of sessions.clients) session.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
