#!/bin/sh
# Runs once, when the database is made: lets dashboards in, to read. What the role may see is granted by the ledger's migrations.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --set=password="$WIRETALLY_READER_PASSWORD" <<'SQL'
CREATE ROLE wiretally_reader LOGIN PASSWORD :'password';
ALTER ROLE wiretally_reader SET default_transaction_read_only = on;
SQL
