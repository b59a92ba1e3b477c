/** The whole schema as text, from the catalogue: the embedded PostgreSQL comes without pg_dump. */
import type { Pool } from 'pg';

/** Each ends in a condition, to which the schemas are added. */
const SECTIONS: readonly { readonly title: string; readonly sql: string }[] = [
  {
    title: 'Tables',
    sql: `select format(E'%s %s (\\n%s\\n)%s', case relkind when 'p' then 'partitioned table' else 'table' end,
        c.oid::regclass,
        (select string_agg(format('  %s %s%s%s', attname, format_type(atttypid, atttypmod),
            case when attnotnull then ' not null' else '' end,
            coalesce(' default ' || pg_get_expr(adbin, adrelid), '')), E'\\n' order by attnum)
          from pg_attribute left join pg_attrdef on adrelid = attrelid and adnum = attnum
          where attrelid = c.oid and attnum > 0 and not attisdropped),
        coalesce(' partition by ' || pg_get_partkeydef(c.oid), '')) as text
      from pg_class c where relkind in ('r', 'p') and not relispartition`,
  },
  {
    title: 'Indexes',
    sql: `select pg_get_indexdef(c.oid) as text from pg_class c join pg_index i on i.indexrelid = c.oid
      where not relispartition and not exists (
        select from pg_class t where t.oid = i.indrelid and t.relispartition)`,
  },
  {
    title: 'Constraints',
    sql: `select format('%s: %s %s', conrelid::regclass, conname, pg_get_constraintdef(k.oid)) as text
      from pg_constraint k join pg_class c on c.oid = conrelid where contype <> 'n' and not c.relispartition`,
  },
  {
    title: 'Functions',
    sql: `select pg_get_functiondef(c.oid) as text from pg_proc c where prokind <> 'a'`,
  },
  {
    title: 'Aggregates',
    sql: `select format('%s: %s', c.oid::regprocedure, a.aggtransfn) as text
      from pg_proc c join pg_aggregate a on a.aggfnoid = c.oid where prokind = 'a'`,
  },
  {
    title: 'Views',
    sql: `select format(E'view %s as\\n%s', c.oid::regclass, pg_get_viewdef(c.oid, true)) as text
      from pg_class c where relkind = 'v'`,
  },
  {
    title: 'Triggers',
    sql: `select pg_get_triggerdef(t.oid) as text from pg_trigger t join pg_class c on c.oid = tgrelid
      where not tgisinternal and not c.relispartition`,
  },
  {
    title: 'Grants',
    sql: `select format('%s: %s', c.oid::regclass, acl::text) as text
      from pg_class c, unnest(relacl) as acl where acl::text not like 'wiretally=%'`,
  },
];

export async function dumpSchema(pool: Pool): Promise<string> {
  const parts = ['-- Made by test/ledger/schema.test.ts (npx vitest -u). Shows the whole effect of the migrations.'];
  for (const { title, sql } of SECTIONS) {
    const namespace = sql.includes('pg_proc c') ? 'c.pronamespace' : 'c.relnamespace';
    const condition = `${namespace} in ('wiretally_private'::regnamespace, 'public'::regnamespace)`;
    const { rows } = await pool.query<{ text: string }>(
      `select text from (${sql} and ${condition}) as found order by text collate "C"`,
    );
    parts.push(`-- ${title}`, ...rows.map(({ text }) => text));
  }
  return `${parts.join('\n\n').replaceAll(/[ \t]+$/gm, '')}\n`;
}
