-- older sinks may go on: yes
-- What calls were priced by. The id is the sha256 of the card in canonical form, so a card never changes.
create table wiretally_private.price_cards (
  id text primary key check (id ~ '^[0-9a-f]{64}$'),
  card jsonb not null,
  first_seen timestamptz not null default now()
);

-- The first sheet is the call's own model; cards of calls with several models have more.
create view public.wiretally_price_cards as
select
  id,
  card #>> '{sheets,0,source}' as source,
  card #>> '{sheets,0,sourceVersion}' as source_version,
  card #>> '{sheets,0,provider}' as provider,
  card #>> '{sheets,0,model}' as model,
  card #>> '{sheets,0,effectiveFrom}' as effective_from,
  card,
  first_seen
from wiretally_private.price_cards;

do $$
begin
  if exists (select from pg_roles where rolname = 'wiretally_reader') then
    grant select on public.wiretally_price_cards to wiretally_reader;
  end if;
end
$$;
