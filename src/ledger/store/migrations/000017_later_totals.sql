-- older sinks may go on: no
-- Totals that would cost the writing transaction too much are counted a moment later, and each call once: a transaction
-- that stores calls leaves a line here for each hour that they are of, and whoever counts them takes the line away in the
-- transaction that adds them up. `batch` is on each of its rows and is of that transaction alone.
create table wiretally_private.uncounted (
  batch bigint not null,
  since timestamptz not null,
  until timestamptz not null,
  calls bigint not null,
  primary key (batch, since)
);

-- Rows that are there already get 0 without being written.
alter table wiretally_private.calls add column batch bigint default 0;
alter table wiretally_private.calls alter column batch drop default;
alter table wiretally_private.calls_default alter column batch drop default;

-- part 'user' and 'application': hours and days (of UTC) of each. part 'model': quarters of an hour of each key of
-- rollup_hour, for zones whose days begin at half past. What has no user or application is counted under ''.
create table wiretally_private.rollup_part (
  part text not null check (part in ('user', 'application', 'model')),
  minutes smallint not null check (minutes in (15, 60, 1440)),
  start timestamptz not null,
  -- name_key(name), or the key of rollup_hour.
  key uuid not null,
  name text not null,
  requests bigint not null,
  failed bigint not null,
  input_tokens bigint not null,
  input_unknown bigint not null,
  output_tokens bigint not null,
  output_unknown bigint not null,
  total_tokens bigint not null,
  total_unknown bigint not null,
  cache_read_tokens bigint not null,
  cache_read_unknown bigint not null,
  cache_write_tokens bigint not null,
  cache_write_unknown bigint not null,
  reasoning_tokens bigint not null,
  reasoning_unknown bigint not null,
  images numeric not null,
  video_seconds numeric not null,
  audio_seconds numeric not null,
  characters numeric not null,
  cost_usd numeric not null,
  unpriced bigint not null,
  without_usage bigint not null,
  duration_count bigint not null,
  duration_us bigint not null,
  first_used timestamptz not null,
  last_used timestamptz not null,
  primary key (part, minutes, start, key)
) with (fillfactor = 80);
-- All of one name: a report about a user, and to forget one.
create index rollup_part_name on wiretally_private.rollup_part (part, key, minutes, start) where part <> 'model';

-- Whole sessions, by service and model; model '' where none is stated.
create table wiretally_private.rollup_session_part (
  session_key uuid not null,
  service_type text not null,
  model_key uuid not null,
  model text not null,
  requests bigint not null,
  failed bigint not null,
  input_tokens bigint not null,
  input_unknown bigint not null,
  output_tokens bigint not null,
  output_unknown bigint not null,
  total_tokens bigint not null,
  total_unknown bigint not null,
  cache_read_tokens bigint not null,
  cache_read_unknown bigint not null,
  cache_write_tokens bigint not null,
  cache_write_unknown bigint not null,
  reasoning_tokens bigint not null,
  reasoning_unknown bigint not null,
  images numeric not null,
  video_seconds numeric not null,
  audio_seconds numeric not null,
  characters numeric not null,
  cost_usd numeric not null,
  unpriced bigint not null,
  without_usage bigint not null,
  duration_count bigint not null,
  duration_us bigint not null,
  first_used timestamptz not null,
  last_used timestamptz not null,
  primary key (session_key, service_type, model_key)
) with (fillfactor = 80);

-- A session each, in the orders that lists want. What the API knows of it (wiretally_private.sessions) stands here too.
create table wiretally_private.rollup_session (
  session_key uuid primary key,
  session_id text not null,
  requests bigint not null,
  first_used timestamptz,
  last_used timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  last_update timestamptz not null generated always as (greatest(ended_at, last_used, started_at)) stored
);
create index rollup_session_named on wiretally_private.rollup_session (last_update desc, session_key)
  where started_at is null;
create index rollup_session_open on wiretally_private.rollup_session (last_update desc, session_key)
  where started_at is not null and ended_at is null;
create index rollup_session_ended on wiretally_private.rollup_session (last_update desc, session_key)
  where started_at is not null and ended_at is not null;

-- Their number is the sum: added to by whoever makes or removes a session, so that nobody waits for another.
create table wiretally_private.session_counts (n bigint not null);

-- Names can be longer than an index takes.
create function wiretally_private.name_key(name text) returns uuid
language sql immutable parallel safe strict
return encode(substr(sha256(convert_to(name, 'UTF8')), 1, 16), 'hex')::uuid;

-- Calls that the tables above do not count yet. A loop, so that each range is read by the index of the key.
create function wiretally_private.uncounted_calls() returns setof wiretally_private.calls
language plpgsql stable security definer set search_path = pg_catalog as $$
declare
  line record;
begin
  for line in select batch, since, until from wiretally_private.uncounted loop
    return query select * from wiretally_private.calls c
      where c.created_at >= line.since and c.created_at < line.until and c.batch = line.batch and c.kind = 'call';
  end loop;
end
$$;

create function wiretally_private.mirror_session() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
begin
  if tg_op = 'DELETE' then
    update wiretally_private.rollup_session set started_at = null, ended_at = null
      where session_key = wiretally_private.name_key(old.session_id) and requests > 0;
    if not found then
      delete from wiretally_private.rollup_session where session_key = wiretally_private.name_key(old.session_id);
      if found then insert into wiretally_private.session_counts values (-1); end if;
    end if;
    return old;
  end if;
  update wiretally_private.rollup_session set started_at = new.started_at, ended_at = new.ended_at
    where session_key = wiretally_private.name_key(new.session_id);
  if not found then
    with made as (
      insert into wiretally_private.rollup_session (session_key, session_id, requests, started_at, ended_at)
      values (wiretally_private.name_key(new.session_id), new.session_id, 0, new.started_at, new.ended_at)
      on conflict (session_key) do update set started_at = excluded.started_at, ended_at = excluded.ended_at
      returning (xmax = 0) as new
    )
    insert into wiretally_private.session_counts select 1 from made where made.new;
  end if;
  return new;
end
$$;
create trigger mirror_session after insert or update or delete on wiretally_private.sessions
  for each row execute function wiretally_private.mirror_session();

insert into wiretally_private.rollup_session (session_key, session_id, requests, started_at, ended_at)
select wiretally_private.name_key(session_id), session_id, 0, started_at, ended_at from wiretally_private.sessions;
insert into wiretally_private.session_counts select count(*) from wiretally_private.rollup_session having count(*) > 0;

-- Calls that are stored already are counted like new ones, an hour a line.
insert into wiretally_private.uncounted
select 0, hour, hour + interval '1 hour', sum(requests) from wiretally_private.rollup_hour
where hour >= date_trunc('day', wiretally_private.details_from(), 'UTC') group by hour;

-- How many calls nobody stated the usage of, so that no report has to look for their rows.
alter table wiretally_private.rollup_hour add column without_usage bigint not null default 0;
update wiretally_private.rollup_hour r set without_usage = missing.n
from (
  select date_trunc('hour', created_at, 'UTC') as hour, rollup_key, count(*) as n
  from wiretally_private.calls where usage_source = 'missing' group by 1, 2
) as missing
where (r.hour, r.key) = (missing.hour, missing.rollup_key);

-- As before; and it is counted later, too.
create or replace function wiretally_private.insert_call(c wiretally_private.calls) returns void
language plpgsql as $$
declare
  provider text := wiretally_private.rollup_name(c.provider);
  model text := wiretally_private.rollup_name(c.model);
  bucket bigint := 1 + (select count(*) from generate_series(0, 13) n where c.duration_us > 10000 * 2 ^ n);
begin
  c.source := 'insert';
  c.kind := 'call';
  c.operation := 'chat';
  c.service_type := 'text';
  c.streamed := false;
  c.request_model := c.model;
  c.total_tokens := coalesce(c.total_tokens,
    case when c.input_tokens is not null or c.output_tokens is not null
      then coalesce(c.input_tokens, 0) + coalesce(c.output_tokens, 0) end);
  c.usage_source := case when c.total_tokens is null then 'missing' else 'body' end;
  c.usage_missing_reason :=
    case when c.total_tokens is null then case when c.success then 'not-stated' else 'error-response' end end;
  -- A stated cost is the writer's own price.
  c.cost_source := case when c.cost_usd is not null then 'user' end;
  c.unpriced_reason := case when c.cost_usd is null then 'price-unknown' end;
  c.zero_reason := case when c.cost_usd = 0 then 'reported-zero' end;
  c.error_type := case when not c.success then 'other' end;
  c.error_class := c.error_type;
  c.rollup_key := wiretally_private.rollup_key(provider, model, model, '', c.operation, c.service_type, c.kind);

  c.batch := (random() * 9007199254740991)::bigint + 1;

  insert into wiretally_private.calls select (c).*;
  insert into wiretally_private.uncounted
    values (c.batch, c.created_at, c.created_at + interval '1 microsecond', 1);
  insert into wiretally_private.inserted_calls values (c.created_at, c.id);
  insert into wiretally_private.rollup_hour as r values (
    date_trunc('hour', c.created_at, 'UTC'), c.rollup_key, provider, model, model, '', c.operation, c.service_type,
    c.kind, '{}',
    1, case when c.success then 0 else 1 end, 0, 0,
    coalesce(c.input_tokens, 0), case when c.input_tokens is null then 1 else 0 end,
    coalesce(c.output_tokens, 0), case when c.output_tokens is null then 1 else 0 end,
    coalesce(c.total_tokens, 0), case when c.total_tokens is null then 1 else 0 end,
    0, 1, 0, 1, 0, 1, 0, 0, 0, 0,
    coalesce(c.cost_usd, 0), case when c.cost_usd is null then 1 else 0 end,
    case when c.duration_us is null then 0 else 1 end, coalesce(c.duration_us, 0),
    (select array_agg(case when c.duration_us is not null and n = bucket then 1 else 0 end order by n)
      from generate_series(1, 15) n),
    c.created_at, c.created_at, case when c.usage_source = 'missing' then 1 else 0 end)
  on conflict (hour, key) do update set
    requests = r.requests + excluded.requests,
    failed = r.failed + excluded.failed,
    input_tokens = r.input_tokens + excluded.input_tokens,
    input_unknown = r.input_unknown + excluded.input_unknown,
    output_tokens = r.output_tokens + excluded.output_tokens,
    output_unknown = r.output_unknown + excluded.output_unknown,
    total_tokens = r.total_tokens + excluded.total_tokens,
    total_unknown = r.total_unknown + excluded.total_unknown,
    cache_read_unknown = r.cache_read_unknown + excluded.cache_read_unknown,
    cache_write_unknown = r.cache_write_unknown + excluded.cache_write_unknown,
    reasoning_unknown = r.reasoning_unknown + excluded.reasoning_unknown,
    cost_usd = r.cost_usd + excluded.cost_usd,
    unpriced = r.unpriced + excluded.unpriced,
    duration_count = r.duration_count + excluded.duration_count,
    duration_us = r.duration_us + excluded.duration_us,
    duration_buckets = wiretally_private.add_buckets(r.duration_buckets, excluded.duration_buckets),
    first_used = least(r.first_used, excluded.first_used),
    last_used = greatest(r.last_used, excluded.last_used),
    without_usage = r.without_usage + excluded.without_usage;
end
$$;
-- Quarters of an hour are known from here on; of what was dropped before there are hours alone.
insert into wiretally_private.settings (name, value)
select 'quarters_from', value from wiretally_private.settings where name = 'details_from';

-- Where a day begins at half past, hours that lie in two days are taken in quarters.
create or replace view wiretally_private.daily as
with zone as (
  select
    (select value from wiretally_private.settings where name = 'time_zone') as name,
    (select value from wiretally_private.settings where name = 'time_zone_whole_hours') = 'true' as whole_hours,
    coalesce((select value::timestamptz from wiretally_private.settings where name = 'quarters_from'), '-infinity')
      as quarters_from
)
select
  (hour at time zone (select name from zone))::date as date, provider, model, requests, failed,
  input_tokens, input_unknown, output_tokens, output_unknown, total_tokens, total_unknown, cost_usd, unpriced
from wiretally_private.rollup_hour
where kind = 'call' and ((select whole_hours from zone) or hour < (select quarters_from from zone)
  or (hour at time zone (select name from zone))::date
    = ((hour + interval '45 minutes') at time zone (select name from zone))::date)
union all
select
  (p.start at time zone (select name from zone))::date, h.provider, h.model, p.requests, p.failed,
  p.input_tokens, p.input_unknown, p.output_tokens, p.output_unknown, p.total_tokens, p.total_unknown, p.cost_usd,
  p.unpriced
from wiretally_private.rollup_part p
join wiretally_private.rollup_hour h on h.hour = date_trunc('hour', p.start, 'UTC') and h.key = p.key
where p.part = 'model' and p.minutes = 15 and not (select whole_hours from zone)
  and (h.hour at time zone (select name from zone))::date
    <> ((h.hour + interval '45 minutes') at time zone (select name from zone))::date
union all
select
  (created_at at time zone (select name from zone))::date, provider, coalesce(model, ''), 1,
  case when success then 0 else 1 end,
  coalesce(input_tokens, 0), case when input_tokens is null then 1 else 0 end,
  coalesce(output_tokens, 0), case when output_tokens is null then 1 else 0 end,
  coalesce(total_tokens, 0), case when total_tokens is null then 1 else 0 end,
  coalesce(cost_usd, 0), case when cost_usd is null then 1 else 0 end
from wiretally_private.uncounted_calls()
where not (select whole_hours from zone)
  and (date_trunc('hour', created_at, 'UTC') at time zone (select name from zone))::date
    <> ((date_trunc('hour', created_at, 'UTC') + interval '45 minutes') at time zone (select name from zone))::date;
