-- older sinks may go on: yes
-- Prices of stored calls change by an explicit act alone, and what they were before is kept.
create table wiretally_private.repricings (
  id uuid primary key,
  started_at timestamptz not null,
  -- Null where it was interrupted: whole days are done, or not begun.
  finished_at timestamptz,
  made_by text not null,
  reason text,
  -- What it was priced by besides the project's own prices: the user's file, or 'legacy'.
  prices text,
  selection jsonb not null,
  calls bigint not null default 0,
  old_cost_usd numeric not null default 0,
  new_cost_usd numeric not null default 0
);

-- The price that a call had before a repricing.
create table wiretally_private.price_history (
  created_at timestamptz not null,
  id uuid not null,
  repricing uuid not null,
  cost_usd numeric,
  cost_calculated_usd numeric,
  cost_source text,
  price_card text,
  unpriced_reason text,
  zero_reason text,
  primary key (created_at, id, repricing)
);

create view public.wiretally_repricings as select * from wiretally_private.repricings;

create view public.wiretally_price_history as
select h.*, r.started_at as repriced_at, r.made_by, r.reason
from wiretally_private.price_history h left join wiretally_private.repricings r on r.id = h.repricing;

do $$
begin
  if exists (select from pg_roles where rolname = 'wiretally_reader') then
    grant select on public.wiretally_repricings, public.wiretally_price_history to wiretally_reader;
  end if;
end
$$;
