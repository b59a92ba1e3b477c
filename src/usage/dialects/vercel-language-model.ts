/**
 * The protocol between the AI SDK and Vercel's gateway (`/v1/ai/language-model`, `/v3/ai/language-model`): the model is in
 * a header; usage is flat in version 2 and nested in version 3 of the SDK's provider specification.
 */
import { count, firstCount, identifier, object, wholeObject } from '../body/fields.ts';
import type { JsonObject } from '../body/fields.ts';
import { usd } from '../reader/decimal.ts';
import { mergeUsage } from '../reader/findings.ts';
import type { Dialect } from '../reader/findings.ts';
import type { TokenCounts } from '../record.ts';

export const languageModel: Dialect = {
  wants: /"type"\s*:\s*"(?:finish|response-metadata|error)"|"usage"/,
  start(call, found) {
    const { headers } = call.exchange.request;
    found.requestModel ??= identifier(headers['ai-language-model-id']) ?? identifier(headers['ai-model-id']);
    return {
      observe(part) {
        const response = object(part['response']);
        found.responseId = identifier(part['id']) ?? identifier(response?.['id']) ?? found.responseId;
        found.responseModel = identifier(part['modelId']) ?? identifier(response?.['modelId']) ?? found.responseModel;
        const finish = part['finishReason'];
        const reason = identifier(finish) ?? identifier(object(finish)?.['unified']);
        if (reason !== null) found.finishReasons.set(0, reason);
        const usage = wholeObject(part['usage']);
        if (usage !== null) {
          mergeUsage(found, usage);
          found.usageIsFinal = true;
        }
        const gateway = object(object(part['providerMetadata'])?.['gateway']);
        found.upstreamProvider = identifier(object(gateway?.['routing'])?.['finalProvider']) ?? found.upstreamProvider;
        found.costReportedUsd = usd(gateway?.['cost']) ?? found.costReportedUsd;
      },
      conclude() {
        if (found.usage !== null) found.tokens = sdkTokens(found.usage);
      },
    };
  },
};

function sdkTokens(usage: JsonObject): Partial<TokenCounts> {
  const input = object(usage['inputTokens']);
  const output = object(usage['outputTokens']);
  return {
    input: firstCount(input?.['total'], usage['inputTokens']),
    output: firstCount(output?.['total'], usage['outputTokens']),
    total: count(usage['totalTokens']),
    cacheRead: firstCount(input?.['cacheRead'], usage['cachedInputTokens']),
    cacheWrite: count(input?.['cacheWrite']),
    reasoning: firstCount(output?.['reasoning'], usage['reasoningTokens']),
  };
}
