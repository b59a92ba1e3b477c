import { amount, identifier, object, text } from '../body/fields.ts';
import { count } from '../body/fields.ts';
import { get, post } from '../dialects/openai-operations.ts';
import { defineProvider } from '../reader/define-provider.ts';
import type { Dialect } from '../reader/findings.ts';
import type { Provider } from './provider.ts';

/** A prediction: finished where the client waited for it, else found finished by a poll. */
const prediction: Dialect = {
  wants: null,
  start(call, found) {
    let status: string | null = null;
    return {
      observe(part) {
        found.responseId = identifier(part['id']) ?? found.responseId;
        found.responseModel = identifier(part['model']) ?? found.responseModel;
        status = identifier(part['status']) ?? status;
        const metrics = object(part['metrics']);
        const seconds = amount(metrics?.['predict_time']);
        if (seconds !== null) found.units.compute_seconds = seconds;
        const input = count(metrics?.['input_token_count']);
        const output = count(metrics?.['output_token_count']);
        if (input !== null || output !== null) found.tokens = { input, output };
      },
      conclude() {
        found.requestModel ??= identifier(call.request.get('version')) ?? identifier(call.request.get('model'));
        if (status === 'starting' || status === 'processing') found.pending = true;
        else if (text(status) !== null) found.finishReasons.set(0, status ?? '');
        if (status === 'failed')
          found.error = { code: 'failed', type: null, message: null, status: null, details: null };
      },
    };
  },
};

export const replicate = defineProvider({
  name: 'replicate',
  shortName: 'replicate',
  displayName: 'Replicate',
  hosts: ['api.replicate.com'],
  report: {
    status: 'green',
    note: 'seconds of computing are in finished predictions; streams come from another host without usage',
    link: 'https://replicate.com/account/billing',
  },
  operations: [
    post(/\/models\/(?<model>[^/]+\/[^/]+)\/predictions$/, 'other', 'other', prediction),
    post(/\/deployments\/(?<model>[^/]+\/[^/]+)\/predictions$/, 'other', 'other', prediction),
    post(/\/predictions$/, 'other', 'other', prediction),
    get(/\/predictions\/[^/]+$/, prediction),
    { ...post(/\/predictions\/[^/]+\/cancel$/, 'retrieve', 'other', prediction), kind: 'restated' },
  ],
  requestIdHeaders: ['x-request-id'],
  limits: [{ name: 'requests', window: null, remaining: 'ratelimit-remaining', reset: 'ratelimit-reset' }],
}) satisfies Provider;
