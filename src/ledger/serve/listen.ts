/** The HTTP edge: everything inside is `(Request) => Promise<Response>`. */
import { createAdaptorServer } from '@hono/node-server';
import type { Server } from 'node:http';
import type { Caller } from './access.ts';
import { ConfigurationError } from './configuration.ts';
import { portOwner } from './port-owner.ts';

export interface Listener {
  readonly url: string;
  /** Stops accepting, lets running requests end, and cuts what is left after `timeoutMs`. */
  close(timeoutMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Named in the error when the port is taken. */
  readonly portVariable: string;
  readonly fetch: (request: Request, caller: Caller) => Response | Promise<Response>;
}

/** @throws ConfigurationError that says who has the port and what to set instead. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const server = createAdaptorServer({
    fetch: (request, { incoming }) => options.fetch(request, { address: incoming.socket.remoteAddress ?? null }),
    // Often: thousands of connections that are closed in one turn keep everybody else waiting for a second.
    serverOptions: { headersTimeout: 10_000, requestTimeout: 60_000, connectionsCheckingInterval: 250 },
  }) as Server;
  const port = await bound(server, options);
  const name = options.host.includes(':') && !options.host.startsWith('[') ? `[${options.host}]` : options.host;
  return {
    url: `http://${name}:${port}`,
    close: (timeoutMs) =>
      new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), timeoutMs);
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

async function bound(server: Server, options: ListenOptions): Promise<number> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, options.host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    throw await explained(error, options);
  }
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : options.port;
}

async function explained(error: unknown, options: ListenOptions): Promise<Error> {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const where = `${options.host}:${options.port}`;
  if (code === 'EADDRINUSE') {
    const owner = await portOwner(options.port);
    return new ConfigurationError(
      `Port ${options.port} on ${options.host} is taken by ${owner ?? 'another process'}. ` +
        `Stop it, or set ${options.portVariable} to a free port.`,
      { cause: error },
    );
  }
  if (code === 'EACCES') {
    return new ConfigurationError(
      `This user may not listen on ${where}. Set ${options.portVariable} to 1024 or more.`,
      {
        cause: error,
      },
    );
  }
  return new ConfigurationError(`Cannot listen on ${where}: ${String(error)}`, { cause: error });
}
