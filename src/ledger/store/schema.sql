-- Made by test/ledger/schema.test.ts (npx vitest -u). Shows the whole effect of the migrations.

-- Tables

partitioned table wiretally_private.calls (
  created_at timestamp with time zone not null
  id uuid not null
  rollup_key uuid not null
  kind text not null
  source text not null
  provider text not null
  upstream_provider text
  operation text not null
  service_type text not null
  streamed boolean not null
  model text
  request_model text
  response_model text
  host text
  port integer
  input_tokens bigint
  output_tokens bigint
  total_tokens bigint
  cache_read_tokens bigint
  cache_write_tokens bigint
  reasoning_tokens bigint
  billed_input_tokens bigint
  billed_output_tokens bigint
  token_details jsonb
  units jsonb
  parts jsonb
  modifiers jsonb
  usage_source text not null
  usage_missing_reason text
  finish_reasons jsonb
  success boolean not null
  status integer
  error_type text
  error_class text
  response_id text
  request_id text
  rate_limits jsonb
  retry_after_seconds double precision
  retry_count integer
  attempt_group text
  cost_usd numeric
  cost_reported_usd numeric
  cost_calculated_usd numeric
  cost_upstream_usd numeric
  cost_source text
  price_card text
  unpriced_reason text
  zero_reason text
  duration_us bigint
  time_to_first_chunk_us bigint
  request_user text
  user_id text
  chat_id text
  session_id text
  tags jsonb
  credential text
  service_name text
  service_version text
  environment text
  trace_id text
  span_id text
  attributes jsonb
  batch bigint
) partition by RANGE (created_at)

table wiretally_private.api_records (
  record_id text not null
  id uuid not null
  created_at timestamp with time zone not null
)

table wiretally_private.batch_results (
  provider text not null
  results_id text not null
  response_id text not null
  stated_at timestamp with time zone not null
)

table wiretally_private.budgets (
  name text not null
  period text not null
  limit_usd numeric not null
  scope text not null default 'all'::text
  owner text not null default ''::text
)

table wiretally_private.completions (
  provider text not null
  response_id text not null
  line text not null default ''::text
  stated_by uuid not null
  stated_at timestamp with time zone not null
  call_created_at timestamp with time zone not null
  call_id uuid not null
)

table wiretally_private.dead_letters (
  digest bytea not null
  reason text not null
  payload text not null
  times bigint not null default 1
  first_seen timestamp with time zone not null default now()
  last_seen timestamp with time zone not null default now()
)

table wiretally_private.erasures (
  id uuid not null
  erased_at timestamp with time zone not null default now()
  made_by text not null
  kind text not null
  salt bytea not null
  digest bytea not null
  calls bigint not null
)

table wiretally_private.inserted_calls (
  created_at timestamp with time zone not null
  id uuid not null
)

table wiretally_private.migrations (
  version integer not null
  name text not null
  breaking boolean not null
  applied_at timestamp with time zone not null default now()
)

table wiretally_private.models (
  provider text not null
  model text not null
  model_id uuid not null
)

table wiretally_private.price_cards (
  id text not null
  card jsonb not null
  first_seen timestamp with time zone not null default now()
)

table wiretally_private.price_history (
  created_at timestamp with time zone not null
  id uuid not null
  repricing uuid not null
  cost_usd numeric
  cost_calculated_usd numeric
  cost_source text
  price_card text
  unpriced_reason text
  zero_reason text
)

table wiretally_private.providers (
  name text not null
  short_name text not null
  display_name text not null
)

table wiretally_private.repricings (
  id uuid not null
  started_at timestamp with time zone not null
  finished_at timestamp with time zone
  made_by text not null
  reason text
  prices text
  selection jsonb not null
  calls bigint not null default 0
  old_cost_usd numeric not null default 0
  new_cost_usd numeric not null default 0
)

table wiretally_private.rollup_hour (
  hour timestamp with time zone not null
  key uuid not null
  provider text not null
  model text not null
  request_model text not null
  response_model text not null
  operation text not null
  service_type text not null
  kind text not null
  tags jsonb not null
  requests bigint not null
  failed bigint not null
  rate_limited bigint not null
  retries bigint not null
  input_tokens bigint not null
  input_unknown bigint not null
  output_tokens bigint not null
  output_unknown bigint not null
  total_tokens bigint not null
  total_unknown bigint not null
  cache_read_tokens bigint not null
  cache_read_unknown bigint not null
  cache_write_tokens bigint not null
  cache_write_unknown bigint not null
  reasoning_tokens bigint not null
  reasoning_unknown bigint not null
  images numeric not null
  video_seconds numeric not null
  audio_seconds numeric not null
  characters numeric not null
  cost_usd numeric not null
  unpriced bigint not null
  duration_count bigint not null
  duration_us bigint not null
  duration_buckets bigint[] not null
  first_used timestamp with time zone not null
  last_used timestamp with time zone not null
  without_usage bigint not null default 0
)

table wiretally_private.rollup_part (
  part text not null
  minutes smallint not null
  start timestamp with time zone not null
  key uuid not null
  name text not null
  requests bigint not null
  failed bigint not null
  input_tokens bigint not null
  input_unknown bigint not null
  output_tokens bigint not null
  output_unknown bigint not null
  total_tokens bigint not null
  total_unknown bigint not null
  cache_read_tokens bigint not null
  cache_read_unknown bigint not null
  cache_write_tokens bigint not null
  cache_write_unknown bigint not null
  reasoning_tokens bigint not null
  reasoning_unknown bigint not null
  images numeric not null
  video_seconds numeric not null
  audio_seconds numeric not null
  characters numeric not null
  cost_usd numeric not null
  unpriced bigint not null
  without_usage bigint not null
  duration_count bigint not null
  duration_us bigint not null
  first_used timestamp with time zone not null
  last_used timestamp with time zone not null
)

table wiretally_private.rollup_session (
  session_key uuid not null
  session_id text not null
  requests bigint not null
  first_used timestamp with time zone
  last_used timestamp with time zone
  started_at timestamp with time zone
  ended_at timestamp with time zone
  last_update timestamp with time zone not null default GREATEST(ended_at, last_used, started_at)
)

table wiretally_private.rollup_session_part (
  session_key uuid not null
  service_type text not null
  model_key uuid not null
  model text not null
  requests bigint not null
  failed bigint not null
  input_tokens bigint not null
  input_unknown bigint not null
  output_tokens bigint not null
  output_unknown bigint not null
  total_tokens bigint not null
  total_unknown bigint not null
  cache_read_tokens bigint not null
  cache_read_unknown bigint not null
  cache_write_tokens bigint not null
  cache_write_unknown bigint not null
  reasoning_tokens bigint not null
  reasoning_unknown bigint not null
  images numeric not null
  video_seconds numeric not null
  audio_seconds numeric not null
  characters numeric not null
  cost_usd numeric not null
  unpriced bigint not null
  without_usage bigint not null
  duration_count bigint not null
  duration_us bigint not null
  first_used timestamp with time zone not null
  last_used timestamp with time zone not null
)

table wiretally_private.session_counts (
  n bigint not null
)

table wiretally_private.sessions (
  session_id text not null
  started_at timestamp with time zone not null
  ended_at timestamp with time zone
)

table wiretally_private.settings (
  name text not null
  value text not null
)

table wiretally_private.uncounted (
  batch bigint not null
  since timestamp with time zone not null
  until timestamp with time zone not null
  calls bigint not null
)

-- Indexes

CREATE INDEX batch_results_of ON wiretally_private.batch_results USING btree (provider, response_id)

CREATE INDEX calls_pending ON ONLY wiretally_private.calls USING btree (provider, response_id) WHERE ((usage_missing_reason = 'pending'::text) AND (response_id IS NOT NULL))

CREATE INDEX calls_restated ON ONLY wiretally_private.calls USING btree (provider, response_id) WHERE ((kind = 'restated'::text) AND (usage_source <> 'missing'::text) AND (response_id IS NOT NULL))

CREATE INDEX calls_session ON ONLY wiretally_private.calls USING btree (session_id, created_at) WHERE (session_id IS NOT NULL)

CREATE INDEX calls_unpriced ON ONLY wiretally_private.calls USING btree (created_at) WHERE (cost_usd IS NULL)

CREATE INDEX calls_user ON ONLY wiretally_private.calls USING btree (NULLIF(COALESCE(user_id, request_user), ''::text), created_at) WHERE (NULLIF(COALESCE(user_id, request_user), ''::text) IS NOT NULL)

CREATE INDEX calls_without_usage ON ONLY wiretally_private.calls USING btree (created_at) WHERE (usage_source = 'missing'::text)

CREATE INDEX dead_letters_last_seen ON wiretally_private.dead_letters USING btree (last_seen)

CREATE INDEX rollup_part_name ON wiretally_private.rollup_part USING btree (part, key, minutes, start) WHERE (part <> 'model'::text)

CREATE INDEX rollup_session_ended ON wiretally_private.rollup_session USING btree (last_update DESC, session_key) WHERE ((started_at IS NOT NULL) AND (ended_at IS NOT NULL))

CREATE INDEX rollup_session_named ON wiretally_private.rollup_session USING btree (last_update DESC, session_key) WHERE (started_at IS NULL)

CREATE INDEX rollup_session_open ON wiretally_private.rollup_session USING btree (last_update DESC, session_key) WHERE ((started_at IS NOT NULL) AND (ended_at IS NULL))

CREATE UNIQUE INDEX api_records_pkey ON wiretally_private.api_records USING btree (record_id)

CREATE UNIQUE INDEX batch_results_pkey ON wiretally_private.batch_results USING btree (provider, results_id)

CREATE UNIQUE INDEX budgets_pkey ON wiretally_private.budgets USING btree (name)

CREATE UNIQUE INDEX calls_key ON ONLY wiretally_private.calls USING btree (created_at, id)

CREATE UNIQUE INDEX completions_pkey ON wiretally_private.completions USING btree (provider, response_id, line)

CREATE UNIQUE INDEX dead_letters_pkey ON wiretally_private.dead_letters USING btree (digest)

CREATE UNIQUE INDEX erasures_pkey ON wiretally_private.erasures USING btree (id)

CREATE UNIQUE INDEX inserted_calls_pkey ON wiretally_private.inserted_calls USING btree (created_at, id)

CREATE UNIQUE INDEX migrations_pkey ON wiretally_private.migrations USING btree (version)

CREATE UNIQUE INDEX models_pkey ON wiretally_private.models USING btree (provider, model)

CREATE UNIQUE INDEX price_cards_pkey ON wiretally_private.price_cards USING btree (id)

CREATE UNIQUE INDEX price_history_pkey ON wiretally_private.price_history USING btree (created_at, id, repricing)

CREATE UNIQUE INDEX providers_pkey ON wiretally_private.providers USING btree (name)

CREATE UNIQUE INDEX repricings_pkey ON wiretally_private.repricings USING btree (id)

CREATE UNIQUE INDEX rollup_hour_pkey ON wiretally_private.rollup_hour USING btree (hour, key)

CREATE UNIQUE INDEX rollup_part_pkey ON wiretally_private.rollup_part USING btree (part, minutes, start, key)

CREATE UNIQUE INDEX rollup_session_part_pkey ON wiretally_private.rollup_session_part USING btree (session_key, service_type, model_key)

CREATE UNIQUE INDEX rollup_session_pkey ON wiretally_private.rollup_session USING btree (session_key)

CREATE UNIQUE INDEX sessions_pkey ON wiretally_private.sessions USING btree (session_id)

CREATE UNIQUE INDEX settings_pkey ON wiretally_private.settings USING btree (name)

CREATE UNIQUE INDEX uncounted_pkey ON wiretally_private.uncounted USING btree (batch, since)

-- Constraints

wiretally_private.api_records: api_records_pkey PRIMARY KEY (record_id)

wiretally_private.batch_results: batch_results_pkey PRIMARY KEY (provider, results_id)

wiretally_private.budgets: budgets_check CHECK (((scope = 'all'::text) = (owner = ''::text)))

wiretally_private.budgets: budgets_limit_usd_check CHECK ((limit_usd > (0)::numeric))

wiretally_private.budgets: budgets_period_check CHECK ((period = ANY (ARRAY['day'::text, 'month'::text])))

wiretally_private.budgets: budgets_pkey PRIMARY KEY (name)

wiretally_private.budgets: budgets_scope_check CHECK ((scope = ANY (ARRAY['all'::text, 'provider'::text, 'application'::text, 'user'::text, 'team'::text, 'project'::text, 'feature'::text, 'environment'::text])))

wiretally_private.completions: completions_pkey PRIMARY KEY (provider, response_id, line)

wiretally_private.dead_letters: dead_letters_pkey PRIMARY KEY (digest)

wiretally_private.erasures: erasures_kind_check CHECK ((kind = ANY (ARRAY['user'::text, 'session'::text])))

wiretally_private.erasures: erasures_pkey PRIMARY KEY (id)

wiretally_private.inserted_calls: inserted_calls_pkey PRIMARY KEY (created_at, id)

wiretally_private.migrations: migrations_pkey PRIMARY KEY (version)

wiretally_private.models: models_pkey PRIMARY KEY (provider, model)

wiretally_private.price_cards: price_cards_id_check CHECK ((id ~ '^[0-9a-f]{64}$'::text))

wiretally_private.price_cards: price_cards_pkey PRIMARY KEY (id)

wiretally_private.price_history: price_history_pkey PRIMARY KEY (created_at, id, repricing)

wiretally_private.providers: providers_pkey PRIMARY KEY (name)

wiretally_private.repricings: repricings_pkey PRIMARY KEY (id)

wiretally_private.rollup_hour: rollup_hour_pkey PRIMARY KEY (hour, key)

wiretally_private.rollup_part: rollup_part_minutes_check CHECK ((minutes = ANY (ARRAY[15, 60, 1440])))

wiretally_private.rollup_part: rollup_part_part_check CHECK ((part = ANY (ARRAY['user'::text, 'application'::text, 'model'::text])))

wiretally_private.rollup_part: rollup_part_pkey PRIMARY KEY (part, minutes, start, key)

wiretally_private.rollup_session: rollup_session_pkey PRIMARY KEY (session_key)

wiretally_private.rollup_session_part: rollup_session_part_pkey PRIMARY KEY (session_key, service_type, model_key)

wiretally_private.sessions: sessions_pkey PRIMARY KEY (session_id)

wiretally_private.settings: settings_pkey PRIMARY KEY (name)

wiretally_private.uncounted: uncounted_pkey PRIMARY KEY (batch, since)

-- Functions

CREATE OR REPLACE FUNCTION wiretally_private.add_buckets(a bigint[], b bigint[])
 RETURNS bigint[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (SELECT array_agg((COALESCE(pair.x, (0)::bigint) + COALESCE(pair.y, (0)::bigint)) ORDER BY pair."position") AS array_agg FROM UNNEST(add_buckets.a, add_buckets.b) WITH ORDINALITY pair(x, y, "position"))


CREATE OR REPLACE FUNCTION wiretally_private.details_from()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE
RETURN COALESCE((SELECT (settings.value)::timestamp with time zone AS value FROM wiretally_private.settings WHERE (settings.name = 'details_from'::text)), '-infinity'::timestamp with time zone)


CREATE OR REPLACE FUNCTION wiretally_private.ensure_partition(day date)
 RETURNS boolean
 LANGUAGE plpgsql
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.ignore_row()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  return new;
end
$function$


CREATE OR REPLACE FUNCTION wiretally_private.insert_ai_request_logs()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.insert_ai_usage_tracking()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.insert_call(c wiretally_private.calls)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.insert_token_usage()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.inserted_id(given text)
 RETURNS uuid
 LANGUAGE sql
RETURN CASE WHEN (given ~* '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'::text) THEN (given)::uuid ELSE gen_random_uuid() END


CREATE OR REPLACE FUNCTION wiretally_private.inserted_provider(given text)
 RETURNS text
 LANGUAGE sql
 STABLE
RETURN COALESCE((SELECT providers.name FROM wiretally_private.providers WHERE ((providers.short_name = lower(inserted_provider.given)) OR (providers.name = lower(inserted_provider.given))) ORDER BY providers.name LIMIT 1), lower(given), 'unknown'::text)


CREATE OR REPLACE FUNCTION wiretally_private.mirror_session()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
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
$function$


CREATE OR REPLACE FUNCTION wiretally_private.name_key(name text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (encode(substr(sha256(convert_to(name, 'UTF8'::name)), 1, 16), 'hex'::text))::uuid


CREATE OR REPLACE FUNCTION wiretally_private.refuse_dropped_day()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  if new.created_at < wiretally_private.details_from() then
    raise exception 'the calls of that day are dropped already'
      using errcode = 'check_violation', constraint = 'calls_of_kept_days';
  end if;
  return new;
end
$function$


CREATE OR REPLACE FUNCTION wiretally_private.rollup_key(provider text, model text, request_model text, response_model text, operation text, service_type text, kind text)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (encode(substr(sha256(convert_to(concat_ws(''::text, provider, model, request_model, response_model, operation, service_type, kind), 'UTF8'::name)), 1, 16), 'hex'::text))::uuid


CREATE OR REPLACE FUNCTION wiretally_private.rollup_name(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN COALESCE("left"(replace(value, ''::text, ' '::text), 200), ''::text)


CREATE OR REPLACE FUNCTION wiretally_private.uncounted_calls()
 RETURNS SETOF wiretally_private.calls
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog'
AS $function$
declare
  line record;
begin
  for line in select batch, since, until from wiretally_private.uncounted loop
    return query select * from wiretally_private.calls c
      where c.created_at >= line.since and c.created_at < line.until and c.batch = line.batch and c.kind = 'call';
  end loop;
end
$function$


-- Aggregates

wiretally_private.sum_buckets(bigint[]): wiretally_private.add_buckets

-- Views

view ai_request_logs as
 SELECT c.id::text AS id,
    m.model_id::text AS model_id,
    COALESCE(c.user_id, c.request_user) AS user_id,
    c.input_tokens AS request_tokens,
    c.output_tokens AS response_tokens,
    c.total_tokens,
    round(c.duration_us::numeric / 1000.0)::bigint AS response_time_ms,
        CASE
            WHEN c.success THEN 1
            ELSE 0
        END AS success,
        CASE
            WHEN NOT c.success THEN COALESCE(c.attributes ->> 'error_message'::text, concat_ws(' '::text, c.status, c.error_type))
            ELSE NULL::text
        END AS error_message,
    c.created_at
   FROM wiretally_private.calls c
     LEFT JOIN wiretally_private.models m ON m.provider = c.provider AND m.model = COALESCE(c.model, ''::text)
  WHERE c.kind = 'call'::text;

view ai_usage_tracking as
 SELECT c.id::text AS id,
    COALESCE(p.short_name, c.provider) AS provider,
        CASE
            WHEN COALESCE(c.user_id, c.request_user) ~ '^-?\d{1,18}$'::text THEN COALESCE(c.user_id, c.request_user)::bigint
            ELSE NULL::bigint
        END AS user_id,
        CASE
            WHEN c.chat_id ~ '^-?\d{1,18}$'::text THEN c.chat_id::bigint
            ELSE NULL::bigint
        END AS chat_id,
    c.model,
    c.input_tokens AS prompt_tokens,
    c.output_tokens AS completion_tokens,
    c.total_tokens,
    c.rate_limits AS rate_limit_info,
    c.cost_usd AS cost_estimate,
    c.created_at,
    (c.created_at AT TIME ZONE (( SELECT settings.value
           FROM wiretally_private.settings
          WHERE settings.name = 'time_zone'::text)))::date AS date,
    COALESCE(c.user_id, c.request_user) AS user_ref,
    c.chat_id AS chat_ref
   FROM wiretally_private.calls c
     LEFT JOIN wiretally_private.providers p ON p.name = c.provider
  WHERE c.kind = 'call'::text;

view daily_ai_usage as
 SELECT d.date,
    COALESCE(p.short_name, d.provider) AS provider,
    sum(d.requests)::bigint AS total_requests,
    sum(d.failed)::bigint AS failed_requests,
        CASE
            WHEN sum(d.input_unknown) < sum(d.requests) THEN sum(d.input_tokens)::bigint
            ELSE NULL::bigint
        END AS prompt_tokens,
        CASE
            WHEN sum(d.output_unknown) < sum(d.requests) THEN sum(d.output_tokens)::bigint
            ELSE NULL::bigint
        END AS completion_tokens,
        CASE
            WHEN sum(d.total_unknown) < sum(d.requests) THEN sum(d.total_tokens)::bigint
            ELSE NULL::bigint
        END AS total_tokens,
        CASE
            WHEN sum(d.unpriced) < sum(d.requests) THEN sum(d.cost_usd)
            ELSE NULL::numeric
        END AS cost_estimate,
    sum(d.total_unknown)::bigint AS requests_without_tokens,
    sum(d.unpriced)::bigint AS requests_without_cost
   FROM wiretally_private.daily d
     LEFT JOIN wiretally_private.providers p ON p.name = d.provider
  GROUP BY d.date, (COALESCE(p.short_name, d.provider));

view daily_summary as
 SELECT date,
    NULLIF(model, ''::text) AS model,
    sum(requests)::bigint AS requests,
        CASE
            WHEN sum(input_unknown) < sum(requests) THEN sum(input_tokens)::bigint
            ELSE NULL::bigint
        END AS input_tokens,
        CASE
            WHEN sum(output_unknown) < sum(requests) THEN sum(output_tokens)::bigint
            ELSE NULL::bigint
        END AS output_tokens,
        CASE
            WHEN sum(total_unknown) < sum(requests) THEN sum(total_tokens)::bigint
            ELSE NULL::bigint
        END AS total_tokens,
        CASE
            WHEN sum(unpriced) < sum(requests) THEN sum(cost_usd)
            ELSE NULL::numeric
        END AS estimated_cost,
    sum(total_unknown)::bigint AS requests_without_tokens,
    sum(unpriced)::bigint AS requests_without_cost
   FROM wiretally_private.daily
  GROUP BY date, (NULLIF(model, ''::text));

view provider_ai_stats as
 SELECT COALESCE(p.short_name, r.provider) AS provider,
    sum(r.requests)::bigint AS total_requests,
        CASE
            WHEN sum(r.input_unknown) < sum(r.requests) THEN sum(r.input_tokens)::bigint
            ELSE NULL::bigint
        END AS prompt_tokens,
        CASE
            WHEN sum(r.output_unknown) < sum(r.requests) THEN sum(r.output_tokens)::bigint
            ELSE NULL::bigint
        END AS completion_tokens,
        CASE
            WHEN sum(r.total_unknown) < sum(r.requests) THEN sum(r.total_tokens)::bigint
            ELSE NULL::bigint
        END AS total_tokens,
    round(sum(r.total_tokens) / NULLIF(sum(r.requests) - sum(r.total_unknown), 0::numeric), 2) AS avg_tokens_per_request,
        CASE
            WHEN sum(r.unpriced) < sum(r.requests) THEN sum(r.cost_usd)
            ELSE NULL::numeric
        END AS cost_estimate,
    round(100.0 * (sum(r.requests) - sum(r.failed)) / sum(r.requests), 2) AS success_rate,
    max(r.last_used) AS last_used,
    sum(r.total_unknown)::bigint AS requests_without_tokens,
    sum(r.unpriced)::bigint AS requests_without_cost
   FROM wiretally_private.rollup_hour r
     LEFT JOIN wiretally_private.providers p ON p.name = r.provider
  WHERE r.kind = 'call'::text
  GROUP BY (COALESCE(p.short_name, r.provider));

view token_usage as
 SELECT id::text AS id,
    created_at AS "timestamp",
    model,
    input_tokens,
    output_tokens,
    total_tokens,
    cost_usd AS estimated_cost,
    COALESCE(user_id, request_user) AS user_id,
    session_id
   FROM wiretally_private.calls
  WHERE kind = 'call'::text;

view wiretally_calls as
 SELECT c.created_at,
    c.id,
    c.kind,
    c.source,
    c.provider,
    COALESCE(p.short_name, c.provider) AS provider_short_name,
    c.upstream_provider,
    c.operation,
    c.service_type,
    c.streamed,
    c.model,
    c.request_model,
    c.response_model,
    c.host,
    c.port,
    c.input_tokens,
    c.output_tokens,
    c.total_tokens,
    c.cache_read_tokens,
    c.cache_write_tokens,
    c.reasoning_tokens,
    c.billed_input_tokens,
    c.billed_output_tokens,
    c.token_details,
    c.units,
    c.parts,
    c.modifiers,
    c.usage_source,
    c.usage_missing_reason,
    c.finish_reasons,
    c.success,
    c.status,
    c.error_type,
    c.error_class,
    c.response_id,
    c.request_id,
    c.rate_limits,
    c.retry_after_seconds,
    c.retry_count,
    c.attempt_group,
    c.cost_usd,
    c.cost_reported_usd,
    c.cost_calculated_usd,
    c.cost_upstream_usd,
    c.cost_source,
    c.price_card,
    c.unpriced_reason,
    c.zero_reason,
    c.duration_us::numeric / 1000.0 AS duration_ms,
    c.time_to_first_chunk_us::numeric / 1000.0 AS time_to_first_chunk_ms,
    COALESCE(c.user_id, c.request_user) AS user_id,
    c.chat_id,
    c.session_id,
    c.tags,
    c.credential,
    c.service_name,
    c.service_version,
    c.environment,
    c.trace_id,
    c.span_id,
    c.attributes
   FROM wiretally_private.calls c
     LEFT JOIN wiretally_private.providers p ON p.name = c.provider;

view wiretally_hourly as
 SELECT r.hour,
    r.key,
    r.provider,
    r.model,
    r.request_model,
    r.response_model,
    r.operation,
    r.service_type,
    r.kind,
    r.tags,
    r.requests,
    r.failed,
    r.rate_limited,
    r.retries,
    r.input_tokens,
    r.input_unknown,
    r.output_tokens,
    r.output_unknown,
    r.total_tokens,
    r.total_unknown,
    r.cache_read_tokens,
    r.cache_read_unknown,
    r.cache_write_tokens,
    r.cache_write_unknown,
    r.reasoning_tokens,
    r.reasoning_unknown,
    r.images,
    r.video_seconds,
    r.audio_seconds,
    r.characters,
    r.cost_usd,
    r.unpriced,
    r.duration_count,
    r.duration_us,
    r.duration_buckets,
    r.first_used,
    r.last_used,
    COALESCE(p.short_name, r.provider) AS provider_short_name
   FROM wiretally_private.rollup_hour r
     LEFT JOIN wiretally_private.providers p ON p.name = r.provider;

view wiretally_price_cards as
 SELECT id,
    card #>> '{sheets,0,source}'::text[] AS source,
    card #>> '{sheets,0,sourceVersion}'::text[] AS source_version,
    card #>> '{sheets,0,provider}'::text[] AS provider,
    card #>> '{sheets,0,model}'::text[] AS model,
    card #>> '{sheets,0,effectiveFrom}'::text[] AS effective_from,
    card,
    first_seen
   FROM wiretally_private.price_cards;

view wiretally_price_history as
 SELECT h.created_at,
    h.id,
    h.repricing,
    h.cost_usd,
    h.cost_calculated_usd,
    h.cost_source,
    h.price_card,
    h.unpriced_reason,
    h.zero_reason,
    r.started_at AS repriced_at,
    r.made_by,
    r.reason
   FROM wiretally_private.price_history h
     LEFT JOIN wiretally_private.repricings r ON r.id = h.repricing;

view wiretally_private.daily as
 WITH zone AS (
         SELECT ( SELECT settings.value
                   FROM wiretally_private.settings
                  WHERE settings.name = 'time_zone'::text) AS name,
            (( SELECT settings.value
                   FROM wiretally_private.settings
                  WHERE settings.name = 'time_zone_whole_hours'::text)) = 'true'::text AS whole_hours,
            COALESCE(( SELECT settings.value::timestamp with time zone AS value
                   FROM wiretally_private.settings
                  WHERE settings.name = 'quarters_from'::text), '-infinity'::timestamp with time zone) AS quarters_from
        )
 SELECT (rollup_hour.hour AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date AS date,
    rollup_hour.provider,
    rollup_hour.model,
    rollup_hour.requests,
    rollup_hour.failed,
    rollup_hour.input_tokens,
    rollup_hour.input_unknown,
    rollup_hour.output_tokens,
    rollup_hour.output_unknown,
    rollup_hour.total_tokens,
    rollup_hour.total_unknown,
    rollup_hour.cost_usd,
    rollup_hour.unpriced
   FROM wiretally_private.rollup_hour
  WHERE rollup_hour.kind = 'call'::text AND (( SELECT zone.whole_hours
           FROM zone) OR rollup_hour.hour < (( SELECT zone.quarters_from
           FROM zone)) OR (rollup_hour.hour AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date = ((rollup_hour.hour + '00:45:00'::interval) AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date)
UNION ALL
 SELECT (p.start AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date AS date,
    h.provider,
    h.model,
    p.requests,
    p.failed,
    p.input_tokens,
    p.input_unknown,
    p.output_tokens,
    p.output_unknown,
    p.total_tokens,
    p.total_unknown,
    p.cost_usd,
    p.unpriced
   FROM wiretally_private.rollup_part p
     JOIN wiretally_private.rollup_hour h ON h.hour = date_trunc('hour'::text, p.start, 'UTC'::text) AND h.key = p.key
  WHERE p.part = 'model'::text AND p.minutes = 15 AND NOT ( SELECT zone.whole_hours
           FROM zone) AND (h.hour AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date <> ((h.hour + '00:45:00'::interval) AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date
UNION ALL
 SELECT (uncounted_calls.created_at AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date AS date,
    uncounted_calls.provider,
    COALESCE(uncounted_calls.model, ''::text) AS model,
    1 AS requests,
        CASE
            WHEN uncounted_calls.success THEN 0
            ELSE 1
        END AS failed,
    COALESCE(uncounted_calls.input_tokens, 0::bigint) AS input_tokens,
        CASE
            WHEN uncounted_calls.input_tokens IS NULL THEN 1
            ELSE 0
        END AS input_unknown,
    COALESCE(uncounted_calls.output_tokens, 0::bigint) AS output_tokens,
        CASE
            WHEN uncounted_calls.output_tokens IS NULL THEN 1
            ELSE 0
        END AS output_unknown,
    COALESCE(uncounted_calls.total_tokens, 0::bigint) AS total_tokens,
        CASE
            WHEN uncounted_calls.total_tokens IS NULL THEN 1
            ELSE 0
        END AS total_unknown,
    COALESCE(uncounted_calls.cost_usd, 0::numeric) AS cost_usd,
        CASE
            WHEN uncounted_calls.cost_usd IS NULL THEN 1
            ELSE 0
        END AS unpriced
   FROM wiretally_private.uncounted_calls() uncounted_calls(created_at, id, rollup_key, kind, source, provider, upstream_provider, operation, service_type, streamed, model, request_model, response_model, host, port, input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, billed_input_tokens, billed_output_tokens, token_details, units, parts, modifiers, usage_source, usage_missing_reason, finish_reasons, success, status, error_type, error_class, response_id, request_id, rate_limits, retry_after_seconds, retry_count, attempt_group, cost_usd, cost_reported_usd, cost_calculated_usd, cost_upstream_usd, cost_source, price_card, unpriced_reason, zero_reason, duration_us, time_to_first_chunk_us, request_user, user_id, chat_id, session_id, tags, credential, service_name, service_version, environment, trace_id, span_id, attributes, batch)
  WHERE NOT ( SELECT zone.whole_hours
           FROM zone) AND (date_trunc('hour'::text, uncounted_calls.created_at, 'UTC'::text) AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date <> ((date_trunc('hour'::text, uncounted_calls.created_at, 'UTC'::text) + '00:45:00'::interval) AT TIME ZONE (( SELECT zone.name
           FROM zone)))::date;

view wiretally_repricings as
 SELECT id,
    started_at,
    finished_at,
    made_by,
    reason,
    prices,
    selection,
    calls,
    old_cost_usd,
    new_cost_usd
   FROM wiretally_private.repricings;

-- Triggers

CREATE TRIGGER ignore_row INSTEAD OF INSERT OR UPDATE ON public.daily_summary FOR EACH ROW EXECUTE FUNCTION wiretally_private.ignore_row()

CREATE TRIGGER insert_row INSTEAD OF INSERT ON public.ai_request_logs FOR EACH ROW EXECUTE FUNCTION wiretally_private.insert_ai_request_logs()

CREATE TRIGGER insert_row INSTEAD OF INSERT ON public.ai_usage_tracking FOR EACH ROW EXECUTE FUNCTION wiretally_private.insert_ai_usage_tracking()

CREATE TRIGGER insert_row INSTEAD OF INSERT ON public.token_usage FOR EACH ROW EXECUTE FUNCTION wiretally_private.insert_token_usage()

CREATE TRIGGER mirror_session AFTER INSERT OR DELETE OR UPDATE ON wiretally_private.sessions FOR EACH ROW EXECUTE FUNCTION wiretally_private.mirror_session()

-- Grants

ai_request_logs: wiretally_reader=r/wiretally

ai_usage_tracking: wiretally_reader=r/wiretally

daily_ai_usage: wiretally_reader=r/wiretally

daily_summary: wiretally_reader=r/wiretally

provider_ai_stats: wiretally_reader=r/wiretally

token_usage: wiretally_reader=r/wiretally

wiretally_calls: wiretally_reader=r/wiretally

wiretally_hourly: wiretally_reader=r/wiretally

wiretally_price_cards: wiretally_reader=r/wiretally

wiretally_price_history: wiretally_reader=r/wiretally

wiretally_repricings: wiretally_reader=r/wiretally
