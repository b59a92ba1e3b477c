/** What a call would cost, and what models cost. */
import { createRoute, z } from '@hono/zod-openapi';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { estimate, listPrices, nearModels, priceOf } from '@wiretally/usage';
import type { PriceListing, PriceListOptions, RateCard, UnpricedReason } from '@wiretally/usage';
import { apiRouter } from './api-context.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError } from './api-error.ts';
import { unitsOf } from './recorded-usage.ts';
import { ErrorAnswer, json, refusals } from './schemas.ts';
import { ModelName, SERVICE_TYPES, unitFields } from './usage-schemas.ts';
import { word } from './word.ts';

const exact = z.string().openapi({ description: 'Exact decimal USD.' });
const BillingType = z.enum(['token', 'image', 'duration', 'character', 'unit', 'free']);
const provider = word(100).optional().openapi({ description: 'Default: whoever has the model.' });

const EstimateRequest = z
  .strictObject({
    model_name: ModelName,
    provider,
    service_type: z.enum(SERVICE_TYPES).optional().openapi({ description: 'Says of what the seconds are.' }),
    ...unitFields,
    cached_input_tokens: unitFields.input_tokens,
    messages: z.unknown().optional().openapi({
      description: 'Instead of input_tokens: a text, or messages as chat APIs take them. Their tokens are estimated.',
    }),
  })
  .openapi('EstimateRequest');

const Estimate = z
  .object({
    model_name: z.string(),
    provider: z.string(),
    billing_type: BillingType,
    estimated_cost: z.number(),
    estimated_cost_exact: exact,
    currency: z.literal('USD'),
    price_card: z.string(),
    input_tokens: z.number().nullable(),
    token_rule: z.string().nullable().openapi({ description: 'How messages were counted.' }),
  })
  .openapi('Estimate');

const Price = z
  .object({
    model_name: z.string(),
    display_name: z.string(),
    provider: z.string(),
    billing_type: BillingType,
    input_token_cost: z.number().optional().openapi({ description: 'USD a token.' }),
    input_token_cost_exact: exact.optional(),
    output_token_cost: z.number().optional(),
    output_token_cost_exact: exact.optional(),
    cached_input_token_cost: z.number().optional(),
    cached_input_token_cost_exact: exact.optional(),
    cost_per_image: z.number().optional(),
    cost_per_image_exact: exact.optional(),
    cost_per_second: z.number().optional(),
    cost_per_second_exact: exact.optional(),
    cost_per_character: z.number().optional(),
    cost_per_character_exact: exact.optional(),
    source: z.string(),
    effective_from: z.string().nullable(),
  })
  .openapi('Price');

const unknownModel = {
  404: { description: 'No price is known; the message names near matches.', content: json(ErrorAnswer) },
};

export const estimateRoute = createRoute({
  method: 'post',
  path: '/estimate-cost',
  summary: 'What a call would cost, before it is made',
  request: { body: { required: true, content: json(EstimateRequest) } },
  responses: { 200: { description: 'The estimate.', content: json(Estimate) }, ...refusals, ...unknownModel },
});

export const listRoute = createRoute({
  method: 'get',
  path: '/pricing',
  summary: 'Models with their billing type and prices, USD a unit',
  request: { query: z.strictObject({ provider }) },
  responses: {
    200: {
      description: 'Prices of now.',
      content: json(z.object({ currency: z.literal('USD'), models: z.array(Price) })),
    },
    ...refusals,
  },
});

export const oneRoute = createRoute({
  method: 'get',
  path: '/pricing/{model_name}',
  summary: 'One model, with its rate card and its history',
  request: { params: z.object({ model_name: ModelName }), query: z.strictObject({ provider }) },
  responses: {
    200: {
      description: 'The price.',
      content: json(
        Price.extend({
          price_card: z.string(),
          rate_card: z
            .custom<RateCard>()
            .openapi({ type: 'object', description: 'All that is needed to compute a cost again.' }),
          history: z.array(Price.extend({ price_card: z.string() })),
        }),
      ),
    },
    ...refusals,
    ...unknownModel,
  },
});

export function priceRoutes({ ledger, now }: ApiContext): OpenAPIHono {
  const options = (named: string | undefined): PriceListOptions => ({
    atMs: now().getTime(),
    book: ledger.prices.book,
    ...(named === undefined ? {} : { provider: named }),
  });
  return apiRouter()
    .openapi(estimateRoute, (context) => {
      const {
        model_name: model,
        provider: named,
        messages,
        cached_input_tokens: cached,
        ...given
      } = context.req.valid('json');
      const units = unitsOf(given, given.service_type ?? 'video');
      const { input_tokens: input = null, output_tokens: output = null } = given;
      const found = estimate(
        {
          model,
          units,
          tokens: { input, output, cacheRead: cached ?? null },
          ...(messages === undefined ? {} : { messages }),
        },
        options(named),
      );
      if (!found.found) throw noEstimate(model, found.reason, found.nearModels);
      const asked = messages !== undefined || input !== null || output !== null || Object.keys(units).length > 0;
      if (!asked && found.billingType !== 'free') {
        throw new ApiError(
          'invalid_input',
          `${model} is billed by ${found.billingType}: ${NEEDED[found.billingType]}.`,
        );
      }
      return context.json(
        {
          model_name: found.model,
          provider: found.provider,
          billing_type: found.billingType,
          estimated_cost: Number(found.costUsd),
          estimated_cost_exact: found.costUsd,
          currency: found.currency,
          price_card: found.card.id,
          input_tokens: found.inputTokens,
          token_rule: found.tokenRule,
        },
        200,
      );
    })
    .openapi(listRoute, (context) => {
      const models = listPrices(options(context.req.valid('query').provider)).map(priceAnswer);
      return context.json({ currency: 'USD' as const, models }, 200);
    })
    .openapi(oneRoute, (context) => {
      const { model_name: model } = context.req.valid('param');
      const asked = options(context.req.valid('query').provider);
      const price = priceOf(model, asked);
      if (price === null) throw unknown(model, nearModels(model, asked));
      return context.json(
        {
          ...priceAnswer(price.listing),
          price_card: price.card.id,
          rate_card: price.card,
          history: price.history.map(({ listing, card }) => ({ ...priceAnswer(listing), price_card: card.id })),
        },
        200,
      );
    });
}

const NEEDED = {
  token: 'give input_tokens and output_tokens, or messages',
  image: 'give images',
  duration: 'give duration_seconds',
  character: 'give characters',
  unit: 'it cannot be estimated from tokens, images, seconds or characters',
  free: '',
} as const;

function unknown(model: string, near: readonly string[]): ApiError {
  const meant = near.length === 0 ? 'Nothing known looks like it.' : `Did you mean ${near.join(', ')}?`;
  return new ApiError('not_found', `No price is known for ${JSON.stringify(model)}. ${meant}`);
}

function noEstimate(model: string, reason: UnpricedReason, near: readonly string[]): ApiError {
  if (reason === 'model-unknown') return unknown(model, near);
  if (reason === 'unit-unpriced' || reason === 'usage-missing') {
    return new ApiError(
      'invalid_input',
      `${model} is not billed by what was given. GET /api/usage/pricing/${encodeURIComponent(model)} says by what it is.`,
    );
  }
  return new ApiError('not_found', `The model ${JSON.stringify(model)} is known, and its price is not (${reason}).`);
}

function priceAnswer(listing: PriceListing): z.infer<typeof Price> {
  return {
    model_name: listing.model,
    display_name: listing.name,
    provider: listing.provider,
    billing_type: listing.billingType,
    ...unit('input_token_cost', listing.inputTokenCost),
    ...unit('output_token_cost', listing.outputTokenCost),
    ...unit('cached_input_token_cost', listing.cachedInputTokenCost),
    ...unit('cost_per_image', listing.costPerImage),
    ...unit('cost_per_second', listing.costPerSecond),
    ...unit('cost_per_character', listing.costPerCharacter),
    source: listing.source,
    effective_from: listing.effectiveFrom,
  };
}

/** Units that a model is not billed by are left out. */
function unit(name: string, usd: string | null): Record<string, number | string> {
  return usd === null ? {} : { [name]: Number(usd), [`${name}_exact`]: usd };
}
