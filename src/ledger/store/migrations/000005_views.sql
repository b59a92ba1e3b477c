-- older sinks may go on: yes
-- What everybody may read. `kind = 'call'` are the calls that count in sums. Days are those of the reporting zone.

create view public.wiretally_calls as
select
  created_at, id, kind, source, c.provider, coalesce(p.short_name, c.provider) as provider_short_name, upstream_provider,
  operation, service_type, streamed, model, request_model, response_model, host, port,
  input_tokens, output_tokens, total_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens,
  billed_input_tokens, billed_output_tokens, token_details, units, parts, modifiers,
  usage_source, usage_missing_reason, finish_reasons, success, status, error_type, error_class,
  response_id, request_id, rate_limits, retry_after_seconds, retry_count, attempt_group,
  cost_usd, cost_reported_usd, cost_calculated_usd, cost_upstream_usd, cost_source, price_card, unpriced_reason,
  zero_reason, duration_us / 1000.0 as duration_ms, time_to_first_chunk_us / 1000.0 as time_to_first_chunk_ms,
  coalesce(user_id, request_user) as user_id, chat_id, session_id, tags, credential,
  service_name, service_version, environment, trace_id, span_id, attributes
from wiretally_private.calls c left join wiretally_private.providers p on p.name = c.provider;

create view public.wiretally_hourly as
select r.*, coalesce(p.short_name, r.provider) as provider_short_name
from wiretally_private.rollup_hour r left join wiretally_private.providers p on p.name = r.provider;

-- Hybrid tracker
create view public.ai_usage_tracking as
select
  c.id,
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

-- Days are whole hours of UTC in most zones, and then the rollup answers; rows do where a day begins at half past
-- (Tehran, Kolkata). The planner runs one branch: the condition is a constant of the statement.
create view wiretally_private.daily as
with zone as (
  select
    (select value from wiretally_private.settings where name = 'time_zone') as name,
    (select value from wiretally_private.settings where name = 'time_zone_whole_hours') = 'true' as whole_hours
)
select
  (hour at time zone (select name from zone))::date as date, provider, model, requests, failed,
  input_tokens, input_unknown, output_tokens, output_unknown, total_tokens, total_unknown, cost_usd, unpriced
from wiretally_private.rollup_hour
where kind = 'call' and (select whole_hours from zone)
union all
select
  (created_at at time zone (select name from zone))::date, provider, coalesce(model, ''), 1,
  case when success then 0 else 1 end,
  coalesce(input_tokens, 0), case when input_tokens is null then 1 else 0 end,
  coalesce(output_tokens, 0), case when output_tokens is null then 1 else 0 end,
  coalesce(total_tokens, 0), case when total_tokens is null then 1 else 0 end,
  coalesce(cost_usd, 0), case when cost_usd is null then 1 else 0 end
from wiretally_private.calls
where kind = 'call' and not (select whole_hours from zone);

-- A sum over calls of which none stated the number is null: unknown is never 0.
create view public.daily_ai_usage as
select
  d.date,
  coalesce(p.short_name, d.provider) as provider,
  sum(requests)::bigint as total_requests,
  sum(failed)::bigint as failed_requests,
  case when sum(input_unknown) < sum(requests) then sum(input_tokens)::bigint end as prompt_tokens,
  case when sum(output_unknown) < sum(requests) then sum(output_tokens)::bigint end as completion_tokens,
  case when sum(total_unknown) < sum(requests) then sum(total_tokens)::bigint end as total_tokens,
  case when sum(unpriced) < sum(requests) then sum(cost_usd) end as cost_estimate,
  sum(total_unknown)::bigint as requests_without_tokens,
  sum(unpriced)::bigint as requests_without_cost
from wiretally_private.daily d left join wiretally_private.providers p on p.name = d.provider
group by 1, 2;

create view public.provider_ai_stats as
select
  coalesce(p.short_name, r.provider) as provider,
  sum(requests)::bigint as total_requests,
  case when sum(input_unknown) < sum(requests) then sum(input_tokens)::bigint end as prompt_tokens,
  case when sum(output_unknown) < sum(requests) then sum(output_tokens)::bigint end as completion_tokens,
  case when sum(total_unknown) < sum(requests) then sum(total_tokens)::bigint end as total_tokens,
  round(sum(total_tokens)::numeric / nullif(sum(requests) - sum(total_unknown), 0), 2) as avg_tokens_per_request,
  case when sum(unpriced) < sum(requests) then sum(cost_usd) end as cost_estimate,
  round(100.0 * (sum(requests) - sum(failed)) / sum(requests), 2) as success_rate,
  max(last_used) as last_used,
  sum(total_unknown)::bigint as requests_without_tokens,
  sum(unpriced)::bigint as requests_without_cost
from wiretally_private.rollup_hour r left join wiretally_private.providers p on p.name = r.provider
where kind = 'call'
group by 1;

-- Real data tracking
create table wiretally_private.models (
  provider text not null,
  model text not null,
  -- UUIDv5 of `provider/model`.
  model_id uuid not null,
  primary key (provider, model)
);

create view public.ai_request_logs as
select
  c.id,
  m.model_id,
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

-- Token usage tracking
create view public.token_usage as
select
  id, created_at as "timestamp", model, input_tokens, output_tokens, total_tokens, cost_usd as estimated_cost,
  coalesce(user_id, request_user) as user_id, session_id
from wiretally_private.calls
where kind = 'call';

create view public.daily_summary as
select
  date,
  nullif(model, '') as model,
  sum(requests)::bigint as requests,
  case when sum(input_unknown) < sum(requests) then sum(input_tokens)::bigint end as input_tokens,
  case when sum(output_unknown) < sum(requests) then sum(output_tokens)::bigint end as output_tokens,
  case when sum(total_unknown) < sum(requests) then sum(total_tokens)::bigint end as total_tokens,
  case when sum(unpriced) < sum(requests) then sum(cost_usd) end as estimated_cost,
  sum(total_unknown)::bigint as requests_without_tokens,
  sum(unpriced)::bigint as requests_without_cost
from wiretally_private.daily
group by 1, 2;
