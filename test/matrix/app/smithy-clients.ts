/** What the AWS SDK sends with: over `node:http`, and over `node:http2`. */
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { bodyOf } from './client.ts';
import type { Call, Client, ClientSetup, Opened } from './client.ts';

interface Sending {
  handle(
    request: Record<string, unknown>,
    options: { readonly abortSignal?: AbortSignal; readonly requestTimeout?: number },
  ): Promise<{
    readonly response: {
      readonly statusCode: number;
      readonly headers: Record<string, string>;
      readonly body: Readable;
    };
  }>;
}
type Make = new (options?: Record<string, unknown>) => Sending;

export async function smithyClient(setup: ClientSetup): Promise<Client> {
  const { NodeHttpHandler, NodeHttp2Handler } = (await setup.load('@smithy/node-http-handler')) as {
    readonly NodeHttpHandler: Make;
    readonly NodeHttp2Handler: Make;
  };
  const handler = setup.h2 ? new NodeHttp2Handler() : new NodeHttpHandler({ throwOnRequestTimeout: true });
  const open = async (call: Call): Promise<Opened> => {
    const { protocol, hostname, port, pathname, host } = new URL(call.url);
    const { response } = await handler.handle(
      {
        protocol,
        hostname,
        port: Number(port),
        path: pathname,
        query: {},
        method: call.method,
        headers: { ...call.headers, ...(!setup.h2 && { host }) },
        body: bodyOf(call),
      },
      {
        ...(call.signal && { abortSignal: call.signal }),
        ...(call.timeoutMs !== undefined && { requestTimeout: call.timeoutMs }),
      },
    );
    return { status: response.statusCode, headers: response.headers, body: response.body };
  };
  return {
    open,
    async whole(call) {
      const { status, headers, body } = await open(call);
      return { status, headers, text: await text(body as Readable) };
    },
  };
}
