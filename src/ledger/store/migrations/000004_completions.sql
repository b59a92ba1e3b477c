-- older sinks may go on: yes
-- Usage that was stated after the call (background answers, video, batch lines) completes it once, whoever asks and
-- however often: the primary key is the "once".
create table wiretally_private.completions (
  provider text not null,
  response_id text not null,
  -- The request's own id in a batch's result file; empty elsewhere.
  line text not null default '',
  -- The record that stated it.
  stated_by uuid not null,
  stated_at timestamptz not null,
  -- The call that it completed.
  call_created_at timestamptz not null,
  call_id uuid not null,
  primary key (provider, response_id, line)
);
