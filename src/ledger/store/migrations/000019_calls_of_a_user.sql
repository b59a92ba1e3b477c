-- older sinks may go on: yes
-- The calls of one user are few among many: looked for by time, each page of them read most of a month. What is written here is
-- what reports call a user, to the letter, or the index is not used.
create index calls_user on wiretally_private.calls (nullif(coalesce(user_id, request_user), ''), created_at)
where nullif(coalesce(user_id, request_user), '') is not null;
