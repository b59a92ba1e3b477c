-- older sinks may go on: yes
-- Records that cannot be stored. The same one sent again is counted, not kept twice.
create table wiretally_private.dead_letters (
  digest bytea primary key,
  reason text not null,
  payload text not null,
  times bigint not null default 1,
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now()
);
create index dead_letters_last_seen on wiretally_private.dead_letters (last_seen);
