-- older sinks may go on: yes
-- Reports say what is not known, with reasons, and these are few calls among many.
create index calls_without_usage on wiretally_private.calls (created_at) where usage_source = 'missing';
create index calls_unpriced on wiretally_private.calls (created_at) where cost_usd is null;
