import type { Pool } from 'pg';

/**
 * Says, before this sink stores anything, which tags its rollups keep apart. The ledger keeps those that every sink does:
 * reports ask rollups for them, and calls for all others. Rollups from before anybody said it keep none for certain.
 */
export async function declareTags(pool: Pool, promotedTags: readonly string[]): Promise<void> {
  await pool.query(
    `insert into wiretally_private.settings as known (name, value)
     select 'tags_apart', case when exists (select from wiretally_private.rollup_hour) then '[]' else $1::text end
     on conflict (name) do update set value = (
       select coalesce(jsonb_agg(key order by key), '[]')::text
       from jsonb_array_elements_text(known.value::jsonb) as key where $1::jsonb ? key
     ) where not $1::jsonb @> known.value::jsonb`,
    [JSON.stringify([...promotedTags].toSorted())],
  );
}
