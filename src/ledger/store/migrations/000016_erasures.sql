-- older sinks may go on: yes
-- Who erased somebody's personal fields and when; whom, only for those who know the id: sha256(salt || kind || id).
create table wiretally_private.erasures (
  id uuid primary key,
  erased_at timestamptz not null default now(),
  made_by text not null,
  kind text not null check (kind in ('user', 'session')),
  salt bytea not null,
  digest bytea not null,
  calls bigint not null
);
