/**
 * Erases who a call was for, and keeps what it cost: no sum changes. The row's key stays, so that a second delivery is
 * still known. What arrives later about the same person is stored again: stop sending it first.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { erasePeople, removeSession, unnameUser } from './later-totals/erase-people.ts';
import { lockForChange } from './later-totals/locks.ts';
import { inTransaction } from './transaction.ts';

export interface Forgotten {
  readonly kind: 'user' | 'session';
  readonly id: string;
}

export interface ForgetResult {
  /** Calls that lose user, chat, session, credential, trace, and their tags but for those that totals are kept by. */
  readonly calls: number;
  /** Sessions that a client started by the API and nobody else called in. */
  readonly sessions: number;
  /** Refused records that name the id: deleted. */
  readonly deadLetters: number;
  /** Budgets of that user: deleted. */
  readonly budgets: number;
  /** Repricings that were limited to it: they say no longer to whom. */
  readonly repricings: number;
  /** Tags that hourly totals are kept by and whose value is the id. They stay: a team may have the same name. */
  readonly tagsLeft: readonly string[];
  /** Id in `erasures`; null where nothing was changed. */
  readonly erasure: string | null;
}

const WITHIN_MS = 30 * 60_000;

const CALLS = {
  user: '(user_id = $1 or request_user = $1)',
  session: 'session_id = $1',
} as const;

/** Columns that say who it was. */
const PERSONAL = [
  'request_user',
  'user_id',
  'chat_id',
  'session_id',
  'credential',
  'trace_id',
  'span_id',
  'attributes',
];

/** @param apply null: nothing is changed, and the result says what would be */
export async function forget(
  pool: Pool,
  who: Forgotten,
  promotedTags: readonly string[],
  apply: { readonly by: string } | null,
): Promise<ForgetResult> {
  return inTransaction(
    pool,
    async (client) => {
      const places = placesOf(who);
      const count = async (place: Place): Promise<number> => {
        const { rows } = await client.query<{ n: string }>(`select count(*) as n from ${place.from}`, [place.value]);
        return Number(rows[0]?.n);
      };
      const result = {
        // Before the calls, which say whose session it was.
        sessions: await count(places.sessions),
        deadLetters: await count(places.deadLetters),
        budgets: who.kind === 'user' ? await count(places.budgets) : 0,
        repricings: await count(places.repricings),
        calls: await count(places.calls),
        tagsLeft: await tagsWith(client, who.id),
      };
      if (apply === null) return { ...result, erasure: null };
      // Before rows of sessions are: who counts has this lock when it comes to them.
      await lockForChange(client);
      await client.query(`delete from ${places.sessions.from}`, [places.sessions.value]);
      await client.query(`delete from ${places.deadLetters.from}`, [places.deadLetters.value]);
      if (who.kind === 'user') await client.query(`delete from ${places.budgets.from}`, [places.budgets.value]);
      await client.query(
        `update wiretally_private.repricings set selection = selection - $2::text where id in (select id from ${places.repricings.from})`,
        [places.repricings.value, who.kind],
      );
      let calls = 0;
      await erasePeople(client, CALLS[who.kind], [who.id], async () => {
        const { rowCount } = await client.query(
          `update wiretally_private.calls set ${PERSONAL.map((column) => `${column} = null`).join(', ')},
             tags = (select jsonb_object_agg(key, value) from jsonb_each_text(tags) where key = any($2) and value <> $1)
           where ${CALLS[who.kind]}`,
          [who.id, promotedTags],
        );
        calls = rowCount ?? 0;
      });
      await (who.kind === 'user' ? unnameUser : removeSession)(client, who.id);
      const erasure = await keep(client, who, apply.by, calls);
      return { ...result, calls, erasure };
    },
    WITHIN_MS,
  );
}

/** From a table on: what to count, and what to delete. */
interface Place {
  readonly from: string;
  readonly value: string;
}

function placesOf({
  kind,
  id,
}: Forgotten): Record<'calls' | 'sessions' | 'deadLetters' | 'budgets' | 'repricings', Place> {
  const named = JSON.stringify(id);
  return {
    calls: { from: `wiretally_private.calls where ${CALLS[kind]}`, value: id },
    sessions: {
      from:
        kind === 'session'
          ? 'wiretally_private.sessions where session_id = $1'
          : `wiretally_private.sessions s where session_id in (
               select session_id from wiretally_private.calls where ${CALLS.user})
             and not exists (select from wiretally_private.calls c where c.session_id = s.session_id
               and coalesce(nullif(c.user_id, $1), nullif(c.request_user, $1)) is not null)`,
      value: id,
    },
    deadLetters: { from: 'wiretally_private.dead_letters where position($1 in payload) > 0', value: named },
    budgets: { from: `wiretally_private.budgets where scope = 'user' and owner = $1`, value: id },
    repricings: { from: `wiretally_private.repricings where selection ->> '${kind}' = $1`, value: id },
  };
}

async function tagsWith(client: PoolClient, id: string): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `select distinct tag.key from wiretally_private.rollup_hour r, jsonb_each_text(r.tags) as tag where tag.value = $1 order by 1`,
    [id],
  );
  return rows.map(({ key }) => key);
}

async function keep(client: PoolClient, { kind, id }: Forgotten, by: string, calls: number): Promise<string> {
  const erasure = randomUUID();
  const salt = randomBytes(16);
  const digest = createHash('sha256').update(salt).update(kind).update(id).digest();
  await client.query(
    `insert into wiretally_private.erasures (id, made_by, kind, salt, digest, calls) values ($1, $2, $3, $4, $5, $6)`,
    [erasure, by, kind, salt, digest, calls],
  );
  return erasure;
}
