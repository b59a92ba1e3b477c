/**
 * Rerank on Bedrock, by InvokeModel and by the agents' own API: nothing is stated. One query with up to 100 documents is a
 * search unit; more documents are more of them (aws.amazon.com/bedrock/pricing).
 */
import { identifier, object, wholeArray } from '../body/fields.ts';
import type { CallInfo, Dialect, Findings } from '../reader/findings.ts';
import { isRefused } from './openai-media.ts';

const DOCUMENTS_A_UNIT = 100;

/** `POST /rerank` of bedrock-agent-runtime, which names the model in its configuration. */
export const bedrockRerank: Dialect = {
  wants: null,
  start: (call, found) => ({
    observe() {
      // Scores alone.
    },
    conclude() {
      const configuration = object(
        object(call.request.get('rerankingConfiguration'))?.['bedrockRerankingConfiguration'],
      );
      const arn = identifier(object(configuration?.['modelConfiguration'])?.['modelArn']);
      found.requestModel ??= arn === null ? null : arn.slice(arn.lastIndexOf('/') + 1);
      countDocuments(call, found, 'sources');
    },
  }),
};

/** @param field the request's list of documents. */
export function countDocuments(call: CallInfo, found: Findings, field: 'documents' | 'sources'): void {
  if (isRefused(call) || found.error !== null) return;
  const documents = wholeArray({ list: call.request.get(field) }, 'list');
  if (documents === null || !call.request.whole) return;
  found.units.search_units = Math.max(1, Math.ceil(documents.length / DOCUMENTS_A_UNIT));
  found.usageSource = 'request';
}
