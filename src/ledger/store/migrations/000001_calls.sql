-- older sinks may go on: yes
-- Tables are private from the first day; what others read are views in `public`.
create table wiretally_private.settings (
  name text primary key,
  value text not null
);

-- OpenTelemetry's provider names beside those that report users write; kept in step with @wiretally/usage at each start.
create table wiretally_private.providers (
  name text primary key,
  short_name text not null,
  display_name text not null
);

create table wiretally_private.calls (
  created_at timestamptz not null,
  id uuid not null,
  -- Which rollup row counts this call; names its dimensions once and for all.
  rollup_key uuid not null,
  kind text not null,
  source text not null,
  provider text not null,
  upstream_provider text,
  operation text not null,
  service_type text not null,
  streamed boolean not null,
  -- What reports group by: the model that was asked for, else the one that answered. A refused call has no answer.
  model text,
  request_model text,
  response_model text,
  host text,
  port integer,
  input_tokens bigint,
  output_tokens bigint,
  total_tokens bigint,
  cache_read_tokens bigint,
  cache_write_tokens bigint,
  reasoning_tokens bigint,
  billed_input_tokens bigint,
  billed_output_tokens bigint,
  token_details jsonb,
  units jsonb,
  parts jsonb,
  modifiers jsonb,
  usage_source text not null,
  usage_missing_reason text,
  finish_reasons jsonb,
  success boolean not null,
  status integer,
  error_type text,
  error_class text,
  response_id text,
  request_id text,
  rate_limits jsonb,
  retry_after_seconds double precision,
  retry_count integer,
  attempt_group text,
  cost_usd numeric,
  cost_reported_usd numeric,
  cost_calculated_usd numeric,
  cost_upstream_usd numeric,
  cost_source text,
  price_card text,
  unpriced_reason text,
  zero_reason text,
  duration_us bigint,
  time_to_first_chunk_us bigint,
  request_user text,
  user_id text,
  chat_id text,
  session_id text,
  tags jsonb,
  credential text,
  service_name text,
  service_version text,
  environment text,
  trace_id text,
  span_id text,
  -- Attributes of a later schema.
  attributes jsonb
) partition by range (created_at);

-- Partitioning wants the time in the key. No sequence and no foreign key: any number of sinks write at once.
create unique index calls_key on wiretally_private.calls (created_at, id);
create index calls_session on wiretally_private.calls (session_id, created_at) where session_id is not null;
-- Calls that wait for their usage (background answers, video, batches): few.
create index calls_pending on wiretally_private.calls (provider, response_id)
  where usage_missing_reason = 'pending' and response_id is not null;

create table wiretally_private.calls_default partition of wiretally_private.calls default;

-- Makes the partition of one UTC day. Rows of that day that came earlier move out of the default partition.
create function wiretally_private.ensure_partition(day date) returns boolean
language plpgsql as $$
declare
  partition_name text := 'calls_' || to_char(day, 'YYYYMMDD');
  first_moment timestamptz := day::timestamp at time zone 'UTC';
  next_moment timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  perform pg_advisory_xact_lock(77002);
  if to_regclass('wiretally_private.' || partition_name) is not null then
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
