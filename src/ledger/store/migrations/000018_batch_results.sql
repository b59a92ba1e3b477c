-- older sinks may go on: yes
-- Which file has the results of which batch, as an answer about the batch said: the file itself does not tell.
create table wiretally_private.batch_results (
  provider text not null,
  results_id text not null,
  -- The batch.
  response_id text not null,
  stated_at timestamptz not null,
  primary key (provider, results_id)
);
create index batch_results_of on wiretally_private.batch_results (provider, response_id);
