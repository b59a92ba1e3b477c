export { readExchange } from './read.ts';
export type { ReadOptions } from './read.ts';
export { limitContent } from './content/limit-content.ts';
export type { ContentMessage, MessageContent, MessagePart } from './content/message-content.ts';
export { readContent } from './content/read-content.ts';
export { wholeBody } from './exchange.ts';
export type {
  BodyView,
  Exchange,
  ExchangeFailure,
  ExchangeRequest,
  ExchangeResponse,
  Headers,
  ResultLines,
} from './exchange.ts';
export { tokensWithParts } from './reader/counts.ts';
export { createHostMap, defaultHosts } from './hosts.ts';
export type { HostMap, HostMapOptions, HostMatch } from './hosts.ts';
export { providerOfModel, UNKNOWN_PROVIDER } from './model-provider.ts';
export { providers } from './providers/index.ts';
export type { Provider, ProviderReport, PublishedLimits, Route } from './providers/provider.ts';
export type { ReadLine, ResultLineReader } from './dialects/batch-results.ts';
export type { SessionProtocol, SessionReader, SessionSide, SessionSign } from './sessions/session.ts';
export { priceReading, priceReadingWithCard } from './prices/price.ts';
export type { PriceOptions, PricingWithCard } from './prices/price.ts';
export { createPriceBook, defaultPriceBook } from './prices/book.ts';
export type { PriceBook, PriceBookOptions, PricedCall } from './prices/book.ts';
export { cardDefinition, MAX_CARD_DEFINITION, rateCardId, verifiedCard } from './prices/card.ts';
export { explain, replay } from './prices/replay.ts';
export type { ExplainedLine, Explanation } from './prices/replay.ts';
export { estimate, estimateTokens, TOKEN_RULE } from './prices/estimate.ts';
export type { Estimate, EstimateRequest } from './prices/estimate.ts';
export { listPrices, nearModels, priceOf } from './prices/list.ts';
export type { BillingType, ModelPrice, PriceListing, PriceListOptions } from './prices/list.ts';
export { modelDisplayName } from './prices/names.ts';
export { PRICE_TABLE_SCHEMA } from './prices/table-keys.ts';
export { parsePriceTable, PriceTableError } from './prices/table-schema.ts';
export type { ParseTableOptions, PriceTableIssue } from './prices/table-schema.ts';
export { parsePriceText } from './prices/table-text.ts';
export type { PriceTextOptions, YamlLibrary } from './prices/table-text.ts';
export type { CardSheet, Modifier, Rate, RateCard, RateSheet, RateTier } from './prices/rate.ts';
export type { Deployment, Discount, PriceTable, UserPrice } from './prices/table.ts';
export {
  attributesToRecord,
  CALL_EVENT_NAME,
  PRICE_CARD_DEFINITION_ATTRIBUTE,
  RECORD_ATTRIBUTES,
  RECORD_SCHEMA_VERSION,
  recordToAttributes,
  SCHEMA_VERSION_ATTRIBUTE,
} from './attributes.ts';
export type { Attributes, AttributeValue, RecordEnvelope } from './attributes.ts';
export { NO_MODIFIERS, NO_TOKENS, NOTHING_STATED, OPERATION_OF_SERVICE } from './record.ts';
export type {
  Caller,
  CallKind,
  CostSource,
  ErrorClass,
  Operation,
  PriceModifiers,
  Pricing,
  RateLimit,
  Reading,
  ServiceType,
  TokenCounts,
  Unit,
  Units,
  UnpricedReason,
  UsageMissingReason,
  UsagePart,
  UsageRecord,
  UsageSource,
} from './record.ts';
