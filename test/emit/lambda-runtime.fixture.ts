/**
 * What AWS' Node.js runtime does with a handler: asks for an event, calls the handler, answers, asks again. Started with
 * the variables that it gets there: `AWS_LAMBDA_RUNTIME_API`, `LAMBDA_TASK_ROOT` and `_HANDLER`.
 */
import { request } from 'node:http';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const { AWS_LAMBDA_RUNTIME_API: api = '', LAMBDA_TASK_ROOT: root = '', _HANDLER: name = '' } = process.env;
const [file = '', exported = ''] = name.split('.');
const loaded = (await import(pathToFileURL(join(root, `${file}.mjs`)).href)) as Record<string, unknown>;
const handler = loaded[exported] as (event: unknown, context: object) => Promise<unknown>;

for (;;) {
  const next = await ask('GET', '/2018-06-01/runtime/invocation/next');
  const awsRequestId = String(next.headers['lambda-runtime-aws-request-id']);
  const answer = await handler(JSON.parse(next.body), { awsRequestId });
  await ask('POST', `/2018-06-01/runtime/invocation/${awsRequestId}/response`, JSON.stringify(answer));
}

/** AWS' runtime is native here, and not seen by anybody. */
function ask(method: string, path: string, body?: string): Promise<{ headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    request(`http://${api}${path}`, { method }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ headers: response.headers, body: text }));
    })
      .on('error', reject)
      .end(body);
  });
}
