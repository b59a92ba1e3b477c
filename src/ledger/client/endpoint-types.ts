/** What an endpoint takes and answers, told from the same schemas that check it and that /openapi.json shows. */
import type { z } from 'zod';

interface Answering {
  readonly responses: {
    readonly 200: { readonly content: { readonly 'application/json': { readonly schema: z.ZodType } } };
  };
}

export type AnswerOf<Route extends Answering> = z.output<
  Route['responses'][200]['content']['application/json']['schema']
>;

/** Optional where the endpoint has a default; of the type that the endpoint makes of the text. */
type Given<Schema extends z.ZodType> = {
  readonly [Name in keyof z.input<Schema>]: Name extends keyof z.output<Schema> ? z.output<Schema>[Name] : never;
};

export type QueryOf<Route extends { readonly request: { readonly query: z.ZodType } }> = Given<
  Route['request']['query']
>;

export type BodyOf<
  Route extends {
    readonly request: {
      readonly body: { readonly content: { readonly 'application/json': { readonly schema: z.ZodType } } };
    };
  },
> = z.input<Route['request']['body']['content']['application/json']['schema']>;
