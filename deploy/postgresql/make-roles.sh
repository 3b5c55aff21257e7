#!/bin/sh
# Runs once, in a new database server: a role that owns the tables, and one for the site that owns nothing.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --set ON_ERROR_STOP=1 \
    --set owner_password="$OWNER_PASSWORD" --set web_password="$WEB_PASSWORD" <<'SQL'
CREATE ROLE timebank_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE timebank_web LOGIN PASSWORD :'web_password';
CREATE DATABASE timebank OWNER timebank_owner;
SQL
