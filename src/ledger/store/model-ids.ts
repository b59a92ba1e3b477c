/** Ids of models for users of `ai_request_logs`: kept in a table, since SQL alone cannot make them. */
import { createHash } from 'node:crypto';
import { providers } from '@wiretally/usage';
import type { PoolClient } from 'pg';

/** Of this project's own choice; it must never change, since ids are made from it. */
const NAMESPACE = Buffer.from('8f0a7c6be1c24c0d9d0e5b1c3a4f6d27', 'hex');
const SHORT_NAMES = new Map(providers.map((provider) => [provider.name, provider.shortName]));

/**
 * UUIDv5 of `provider/model`, the provider by its short name (`gemini`). RFC 9562, 5.5.
 * @param provider OpenTelemetry's name, or a short one
 */
export function modelId(provider: string, model: string): string {
  const hash = createHash('sha1')
    .update(NAMESPACE)
    .update(`${SHORT_NAMES.get(provider) ?? provider}/${model}`)
    .digest();
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  const hex = hash.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

export interface NamedModel {
  readonly provider: string;
  /** '' where none is stated. */
  readonly model: string;
}

export interface ModelIds {
  /** In the transaction that stores the calls. @returns what to call after its COMMIT */
  keep(client: PoolClient, models: readonly NamedModel[]): Promise<() => void>;
}

const MAX_KNOWN = 20_000;

export function createModelIds(): ModelIds {
  const known = new Set<string>();
  return {
    async keep(client, models) {
      const found = new Map<string, [provider: string, model: string]>();
      for (const { provider, model } of models) {
        const place = `${provider}/${model}`;
        if (!known.has(place)) found.set(place, [provider, model]);
      }
      if (found.size === 0) return () => undefined;
      const rows = [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
      await client.query(
        `insert into wiretally_private.models (provider, model, model_id)
         select * from unnest($1::text[], $2::text[], $3::uuid[]) on conflict do nothing`,
        [rows.map(([p]) => p), rows.map(([, m]) => m), rows.map(([p, m]) => modelId(p, m))],
      );
      return () => {
        if (known.size > MAX_KNOWN) known.clear();
        for (const place of found.keys()) known.add(place);
      };
    },
  };
}
