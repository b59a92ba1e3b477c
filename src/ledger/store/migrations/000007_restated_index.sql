-- older sinks may go on: yes
-- A call that arrives after the answer that states its usage finds it.
create index calls_restated on wiretally_private.calls (provider, response_id)
  where kind = 'restated' and usage_source <> 'missing' and response_id is not null;
