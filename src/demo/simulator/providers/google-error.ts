/** Google's error shape, shared by Gemini and Text-to-Speech. No limit headers: all is in the body. */
import { json } from '../wire.ts';
import type { Fault } from '../../scenarios/scenario.ts';
import type { Answer } from '../wire.ts';

export function googleError(status: number, name: string, message: string, details?: readonly unknown[]): Answer {
  return json(status, {
    error: { code: status, message, status: name, ...(details === undefined ? {} : { details }) },
  });
}

export function googleRefusal(fault: Fault, model: string): Answer {
  switch (fault) {
    case 'rate-limit':
      return googleError(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota. Please retry in 12.5s.', [
        {
          '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
          violations: [
            {
              quotaMetric: 'generativelanguage.googleapis.com/generate_content_paid_tier_input_token_count',
              quotaId: 'GenerateContentPaidTierInputTokensPerModelPerMinute',
              quotaDimensions: { location: 'global', model },
              quotaValue: '2000000',
            },
          ],
        },
        { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12.5s' },
      ]);
    case 'unauthorized':
      return googleError(401, 'UNAUTHENTICATED', 'API key not valid. Please pass a valid API key.');
    case 'server':
      return googleError(500, 'INTERNAL', 'An internal error has occurred.');
    case 'overloaded':
      return googleError(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.');
  }
}
