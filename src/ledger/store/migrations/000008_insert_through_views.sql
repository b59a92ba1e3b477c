-- older sinks may go on: yes
-- Programs that wrote to the tables of the earlier systems write to their views now. A row becomes a call with its
-- rollup at once; a sink prices it within seconds, since price rules are not SQL.

create table wiretally_private.inserted_calls (
  created_at timestamptz not null,
  id uuid not null,
  primary key (created_at, id)
);

-- The same key as the sink makes (rollup-key.ts); rows from views have no tags.
create function wiretally_private.rollup_key(
  provider text, model text, request_model text, response_model text, operation text, service_type text, kind text
) returns uuid
language sql immutable parallel safe
return encode(substr(sha256(convert_to(concat_ws(E'\x1f', provider, model, request_model, response_model, operation,
  service_type, kind), 'UTF8')), 1, 16), 'hex')::uuid;

create function wiretally_private.rollup_name(value text) returns text
language sql immutable parallel safe
return coalesce(left(replace(value, E'\x1f', ' '), 200), '');

create function wiretally_private.insert_call(c wiretally_private.calls) returns void
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

  insert into wiretally_private.calls select (c).*;
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
    c.created_at, c.created_at)
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
    last_used = greatest(r.last_used, excluded.last_used);
end
$$;

-- An id that is not a UUID (a serial number) is not kept.
create function wiretally_private.inserted_id(given text) returns uuid
language sql volatile
return case when given ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then given::uuid
  else gen_random_uuid() end;

create function wiretally_private.inserted_provider(given text) returns text
language sql stable
return coalesce(
  (select name from wiretally_private.providers where short_name = lower(given) or name = lower(given)
    order by name limit 1),
  lower(given), 'unknown');

-- The ids become text, so that what is no UUID can be given, and is ignored.
drop view public.ai_usage_tracking;
create view public.ai_usage_tracking as
select
  c.id::text as id,
  coalesce(p.short_name, c.provider) as provider,
  case when coalesce(c.user_id, c.request_user) ~ '^-?\d{1,18}$' then coalesce(c.user_id, c.request_user)::bigint end
    as user_id,
  case when c.chat_id ~ '^-?\d{1,18}$' then c.chat_id::bigint end as chat_id,
  c.model,
  c.input_tokens as prompt_tokens,
  c.output_tokens as completion_tokens,
  c.total_tokens,
  c.rate_limits as rate_limit_info,
  c.cost_usd as cost_estimate,
  c.created_at,
  (c.created_at at time zone (select value from wiretally_private.settings where name = 'time_zone'))::date as date,
  coalesce(c.user_id, c.request_user) as user_ref,
  c.chat_id as chat_ref
from wiretally_private.calls c left join wiretally_private.providers p on p.name = c.provider
where c.kind = 'call';

create function wiretally_private.insert_ai_usage_tracking() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  c wiretally_private.calls;
begin
  new.id := wiretally_private.inserted_id(new.id);
  new.created_at := coalesce(new.created_at,
    new.date::timestamp at time zone (select value from wiretally_private.settings where name = 'time_zone'), now());
  c.id := new.id;
  c.created_at := new.created_at;
  c.provider := wiretally_private.inserted_provider(new.provider);
  c.model := new.model;
  c.input_tokens := new.prompt_tokens;
  c.output_tokens := new.completion_tokens;
  c.total_tokens := new.total_tokens;
  c.cost_usd := new.cost_estimate;
  c.success := true;
  c.user_id := coalesce(new.user_ref, new.user_id::text);
  c.chat_id := coalesce(new.chat_ref, new.chat_id::text);
  c.rate_limits := new.rate_limit_info;
  perform wiretally_private.insert_call(c);
  return new;
end
$$;
create trigger insert_row instead of insert on public.ai_usage_tracking
  for each row execute function wiretally_private.insert_ai_usage_tracking();

drop view public.ai_request_logs;
create view public.ai_request_logs as
select
  c.id::text as id,
  m.model_id::text as model_id,
  coalesce(c.user_id, c.request_user) as user_id,
  c.input_tokens as request_tokens,
  c.output_tokens as response_tokens,
  c.total_tokens,
  round(c.duration_us / 1000.0)::bigint as response_time_ms,
  case when c.success then 1 else 0 end as success,
  case when not c.success then coalesce(c.attributes ->> 'error_message', concat_ws(' ', c.status, c.error_type)) end
    as error_message,
  c.created_at
from wiretally_private.calls c
left join wiretally_private.models m on m.provider = c.provider and m.model = coalesce(c.model, '')
where c.kind = 'call';

create function wiretally_private.insert_ai_request_logs() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  c wiretally_private.calls;
begin
  new.id := wiretally_private.inserted_id(new.id);
  new.created_at := coalesce(new.created_at, now());
  c.id := new.id;
  c.created_at := new.created_at;
  select provider, nullif(model, '') into c.provider, c.model
    from wiretally_private.models where model_id::text = lower(new.model_id) order by provider, model limit 1;
  if not found then
    -- The program's own id of a model that no call has named: kept as it is.
    c.provider := 'unknown';
    c.model := new.model_id;
    if new.model_id ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$' then
      insert into wiretally_private.models values (c.provider, c.model, c.model::uuid) on conflict do nothing;
    end if;
  end if;
  c.input_tokens := new.request_tokens;
  c.output_tokens := new.response_tokens;
  c.total_tokens := new.total_tokens;
  c.duration_us := new.response_time_ms * 1000;
  c.success := coalesce(new.success, 1) <> 0;
  c.user_id := new.user_id;
  c.attributes := case when new.error_message is not null then jsonb_build_object('error_message', new.error_message) end;
  perform wiretally_private.insert_call(c);
  return new;
end
$$;
create trigger insert_row instead of insert on public.ai_request_logs
  for each row execute function wiretally_private.insert_ai_request_logs();

drop view public.token_usage;
create view public.token_usage as
select
  id::text as id, created_at as "timestamp", model, input_tokens, output_tokens, total_tokens,
  cost_usd as estimated_cost, coalesce(user_id, request_user) as user_id, session_id
from wiretally_private.calls
where kind = 'call';

create function wiretally_private.insert_token_usage() returns trigger
language plpgsql security definer set search_path = pg_catalog as $$
declare
  c wiretally_private.calls;
begin
  new.id := wiretally_private.inserted_id(new.id);
  new."timestamp" := coalesce(new."timestamp", now());
  c.id := new.id;
  c.created_at := new."timestamp";
  -- That system tracked OpenAI alone.
  c.provider := 'openai';
  c.model := new.model;
  c.input_tokens := new.input_tokens;
  c.output_tokens := new.output_tokens;
  c.total_tokens := new.total_tokens;
  c.cost_usd := new.estimated_cost;
  c.success := true;
  c.user_id := new.user_id;
  c.session_id := new.session_id;
  perform wiretally_private.insert_call(c);
  return new;
end
$$;
create trigger insert_row instead of insert on public.token_usage
  for each row execute function wiretally_private.insert_token_usage();

-- Its writers also wrote the sums of a day; here these follow from the rows, and a second copy would count twice.
create function wiretally_private.ignore_row() returns trigger
language plpgsql as $$
begin
  return new;
end
$$;
create trigger ignore_row instead of insert or update on public.daily_summary
  for each row execute function wiretally_private.ignore_row();

do $$
begin
  if exists (select from pg_roles where rolname = 'wiretally_reader') then
    grant select on public.ai_usage_tracking, public.ai_request_logs, public.token_usage to wiretally_reader;
  end if;
end
$$;
