-- older sinks may go on: yes
-- Calls of days before `details_from` are dropped (WIRETALLY_RETENTION_DAYS); their hourly totals stay for good.
create function wiretally_private.details_from() returns timestamptz
language sql stable
return coalesce(
  (select value::timestamptz from wiretally_private.settings where name = 'details_from'), '-infinity'::timestamptz);

-- What has no partition comes to the default one. A late call of a dropped day is refused there: with its row, what
-- tells that it was counted already is gone. A constraint's code, so that sinks refuse this record alone.
create function wiretally_private.refuse_dropped_day() returns trigger
language plpgsql as $$
begin
  if new.created_at < wiretally_private.details_from() then
    raise exception 'the calls of that day are dropped already'
      using errcode = 'check_violation', constraint = 'calls_of_kept_days';
  end if;
  return new;
end
$$;

create trigger calls_of_kept_days before insert on wiretally_private.calls_default
  for each row execute function wiretally_private.refuse_dropped_day();

-- As before, but for days that are dropped.
create or replace function wiretally_private.ensure_partition(day date) returns boolean
language plpgsql as $$
declare
  partition_name text := 'calls_' || to_char(day, 'YYYYMMDD');
  first_moment timestamptz := day::timestamp at time zone 'UTC';
  next_moment timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  perform pg_advisory_xact_lock(77002);
  if first_moment < wiretally_private.details_from()
    or to_regclass('wiretally_private.' || partition_name) is not null then
    return false;
  end if;
  execute format('create table wiretally_private.%I (like wiretally_private.calls including defaults)', partition_name);
  lock table wiretally_private.calls_default in access exclusive mode;
  execute format(
    'with moved as (delete from wiretally_private.calls_default
       where created_at >= %L and created_at < %L returning *)
     insert into wiretally_private.%I select * from moved', first_moment, next_moment, partition_name);
  execute format(
    'alter table wiretally_private.calls attach partition wiretally_private.%I for values from (%L) to (%L)',
    partition_name, first_moment, next_moment);
  return true;
end
$$;

-- Where a day begins at half past, rows answer as long as there are any, and then the hours that begin in that day.
create or replace view wiretally_private.daily as
with zone as (
  select
    (select value from wiretally_private.settings where name = 'time_zone') as name,
    (select value from wiretally_private.settings where name = 'time_zone_whole_hours') = 'true' as whole_hours,
    -- Not the function: who reads a view may run it, but not read the table in it.
    coalesce((select value::timestamptz from wiretally_private.settings where name = 'details_from'), '-infinity')
      as details_from
)
select
  (hour at time zone (select name from zone))::date as date, provider, model, requests, failed,
  input_tokens, input_unknown, output_tokens, output_unknown, total_tokens, total_unknown, cost_usd, unpriced
from wiretally_private.rollup_hour
where kind = 'call' and (select whole_hours from zone)
union all
select
  (hour at time zone (select name from zone))::date, provider, model, requests, failed,
  input_tokens, input_unknown, output_tokens, output_unknown, total_tokens, total_unknown, cost_usd, unpriced
from wiretally_private.rollup_hour
where kind = 'call' and not (select whole_hours from zone) and hour < (select details_from from zone)
union all
select
  (created_at at time zone (select name from zone))::date, provider, coalesce(model, ''), 1,
  case when success then 0 else 1 end,
  coalesce(input_tokens, 0), case when input_tokens is null then 1 else 0 end,
  coalesce(output_tokens, 0), case when output_tokens is null then 1 else 0 end,
  coalesce(total_tokens, 0), case when total_tokens is null then 1 else 0 end,
  coalesce(cost_usd, 0), case when cost_usd is null then 1 else 0 end
from wiretally_private.calls
where kind = 'call' and not (select whole_hours from zone)
  and created_at >= (select details_from from zone);
