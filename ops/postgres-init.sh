#!/bin/sh
# Run once by the postgres image, on an empty data directory. POSTGRES_USER is a superuser and is used for nothing else.
set -eu
psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --quiet \
    -v owner_password="$OWNER_PASSWORD" -v app_password="$APP_PASSWORD" -f /roles.sql
