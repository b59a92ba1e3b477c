/** A webhook: Telegram brings the updates, with a secret that only it and we know. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Bot } from 'grammy/web';
import { errorMessage } from '../ledger-error.ts';
import { ConfigurationError } from '../serve/configuration.ts';
import { apiSignal } from './api-signal.ts';
import type { WebhookConfiguration } from './configuration.ts';
import type { PollingOptions } from './polling.ts';

export interface Webhook {
  readonly port: number;
  close(): Promise<void>;
}

const MAX_BODY_BYTES = 1_000_000;
const BODY_WITHIN_MS = 10_000;

/** @throws ConfigurationError where the port is taken */
export async function startWebhook(
  bot: Bot,
  configuration: WebhookConfiguration,
  { handle, signal }: Pick<PollingOptions, 'handle' | 'signal'>,
): Promise<Webhook> {
  const { url, host } = configuration;
  const secret = configuration.secret ?? randomBytes(32).toString('base64url');
  const server = createServer({ requestTimeout: BODY_WITHIN_MS }, (request, response) => {
    void (async () => {
      const update = await receive(request, response, url.pathname, secret);
      if (update !== null) await handle(update);
    })();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(
        new ConfigurationError(
          `The webhook cannot listen on ${host}:${configuration.port} (${errorMessage(error)}). ` +
            'Set WIRETALLY_TELEGRAM_WEBHOOK_PORT to a free port.',
          { cause: error },
        ),
      );
    });
    server.listen(configuration.port, host, resolve);
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  try {
    await bot.api.setWebhook(url.href, { secret_token: secret, allowed_updates: ['message'] }, apiSignal(signal));
  } catch (error) {
    await close();
    throw error;
  }
  return { port: (server.address() as AddressInfo).port, close };
}

type Update = Parameters<PollingOptions['handle']>[0];

/** Answers before the update is handled: Telegram sends again what takes long. */
async function receive(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  secret: string,
): Promise<Update | null> {
  const end = (status: number): null => {
    response.writeHead(status, { connection: status === 200 ? 'keep-alive' : 'close' }).end();
    return null;
  };
  try {
    if (request.method !== 'POST' || request.url?.split('?', 1)[0] !== path) return end(404);
    if (!isSame(String(request.headers['x-telegram-bot-api-secret-token'] ?? ''), secret)) return end(401);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return end(413);
      chunks.push(chunk);
    }
    const update: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (typeof update !== 'object' || update === null || !('update_id' in update)) return end(400);
    end(200);
    return update as Update;
  } catch {
    return end(400);
  }
}

/** In the same time, whatever the difference is. */
function isSame(given: string, secret: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(secret));
}
