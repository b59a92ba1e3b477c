-- older sinks may go on: yes
-- What may be spent. Budgets of the environment are not stored: each sink knows its own.
create table wiretally_private.budgets (
  name text primary key,
  period text not null check (period in ('day', 'month')),
  limit_usd numeric not null check (limit_usd > 0),
  -- Whose calls it counts: all of them, or those of one provider, application, user or promoted tag.
  scope text not null default 'all' check (scope in ('all', 'provider', 'application', 'user', 'team', 'project', 'feature', 'environment')),
  owner text not null default '',
  check ((scope = 'all') = (owner = ''))
);
