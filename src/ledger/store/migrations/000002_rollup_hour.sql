-- older sinks may go on: yes
-- Written in the transaction that writes the calls, additive, hours of UTC: reports never scan rows to say a total.
create table wiretally_private.rollup_hour (
  hour timestamptz not null,
  key uuid not null,
  provider text not null,
  model text not null,
  request_model text not null,
  response_model text not null,
  operation text not null,
  service_type text not null,
  kind text not null,
  -- The promoted tags (team, project, feature, environment by default) and no others.
  tags jsonb not null,
  requests bigint not null,
  failed bigint not null,
  rate_limited bigint not null,
  retries bigint not null,
  -- Sums of what was stated, each beside the number of calls that did not state it.
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
  duration_count bigint not null,
  duration_us bigint not null,
  -- Calls up to 10 ms, 20 ms, 40 ms, … 81,920 ms, and above: not cumulative. An average cannot give a p95.
  duration_buckets bigint[] not null,
  first_used timestamptz not null,
  last_used timestamptz not null,
  primary key (hour, key)
);

create function wiretally_private.add_buckets(a bigint[], b bigint[]) returns bigint[]
language sql immutable parallel safe
return (select array_agg(coalesce(x, 0) + coalesce(y, 0) order by position)
        from unnest(a, b) with ordinality as pair (x, y, position));

create aggregate wiretally_private.sum_buckets(bigint[]) (
  sfunc = wiretally_private.add_buckets, stype = bigint[], initcond = '{}', parallel = safe
);
