-- older sinks may go on: yes
-- Sessions that a client started by the API. Those that only the calls name have no row here.
create table wiretally_private.sessions (
  session_id text primary key,
  started_at timestamptz not null,
  ended_at timestamptz
);

-- The client's own id of a usage that it recorded, so that its retry finds the same record: id and time are the key of a
-- call.
create table wiretally_private.api_records (
  record_id text primary key,
  id uuid not null,
  created_at timestamptz not null
);
