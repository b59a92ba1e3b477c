/** Stands for AWS Lambda: its runtime API, one instance of a function, and the freeze between two events. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REGISTER, startProgram } from './service.fixture.ts';

export interface Lambda {
  /** Thaws the instance, gives it an event, and freezes it as soon as the answer is there. */
  invoke(event: unknown): Promise<unknown>;
  /** Ends the instance as Lambda does where no extension asks for more: without a word. */
  close(): Promise<void>;
}

/** @param handler the source of `index.mjs`, which exports `handler`. */
export async function startLambda(handler: string, environment: Readonly<Record<string, string>>): Promise<Lambda> {
  // Inside the repository, so that the handler finds our package.
  const root = mkdtempSync(fileURLToPath(new URL('.lambda-', import.meta.url)));
  writeFileSync(join(root, 'index.mjs'), handler);
  let waiting = Promise.withResolvers<ServerResponse>();
  let answered = Promise.withResolvers<unknown>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      if (request.method === 'GET') return waiting.resolve(response);
      // At once: nothing that the function has left undone goes on in the background.
      instance.child.kill('SIGSTOP');
      response.writeHead(202).end();
      answered.resolve(JSON.parse(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const instance = startProgram([fileURLToPath(new URL('lambda-runtime.fixture.ts', import.meta.url))], {
    ...environment,
    NODE_OPTIONS: `--conditions=wiretally-source --import ${REGISTER}`,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    LAMBDA_TASK_ROOT: root,
    _HANDLER: 'index.handler',
  });
  let events = 0;
  return {
    async invoke(event) {
      instance.child.kill('SIGCONT');
      const failed = instance.ended.then(({ stderr }) => {
        throw new Error(`the function ended:\n${stderr}`);
      });
      const next = await Promise.race([waiting.promise, failed]);
      waiting = Promise.withResolvers();
      answered = Promise.withResolvers();
      events += 1;
      next.setHeader('lambda-runtime-aws-request-id', `event-${events}`);
      next.end(JSON.stringify(event));
      return Promise.race([answered.promise, failed]);
    },
    async close() {
      instance.child.kill('SIGKILL');
      await instance.ended;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(root, { recursive: true });
    },
  };
}
