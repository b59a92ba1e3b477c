-- older sinks may go on: yes
-- For Grafana and people with a client: reads the views, nothing else. It cannot log in until somebody gives it a
-- password (alter role wiretally_reader login password '…'). Roles belong to the whole server, so it may be there.
do $$
begin
  if not exists (select from pg_roles where rolname = 'wiretally_reader') then
    create role wiretally_reader nologin;
  end if;
exception
  when insufficient_privilege then
    raise notice 'the role wiretally_reader was not made: this user may not make roles';
  when duplicate_object or unique_violation then
    null; -- another sink was faster
end
$$;

do $$
declare
  relation text;
begin
  if exists (select from pg_roles where rolname = 'wiretally_reader') then
    grant usage on schema public to wiretally_reader;
    foreach relation in array array['wiretally_calls', 'wiretally_hourly', 'ai_usage_tracking', 'daily_ai_usage',
      'provider_ai_stats', 'ai_request_logs', 'token_usage', 'daily_summary']
    loop
      execute format('grant select on public.%I to wiretally_reader', relation);
    end loop;
  end if;
end
$$;
