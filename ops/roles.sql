-- The two roles of Switchboard, made once by whoever administers the server:
--
--   psql -v owner_password=... -v app_password=... -d postgres -f ops/roles.sql
--
-- switchboard_owner owns the database and migrates it       -> MIGRATION_DATABASE_URL
-- switchboard_app   is what web, worker and beat connect as -> DATABASE_URL; `migrate` grants it the rows and no more
--
-- Neither is a superuser, and neither may bypass row-level security: Switchboard refuses to start otherwise.
-- Running it again changes the passwords and nothing else.
\set ON_ERROR_STOP on

select 'create role switchboard_owner' where not exists (select from pg_roles where rolname = 'switchboard_owner') \gexec
select 'create role switchboard_app' where not exists (select from pg_roles where rolname = 'switchboard_app') \gexec
alter role switchboard_owner login nosuperuser nocreaterole nobypassrls password :'owner_password';
alter role switchboard_app login nosuperuser nocreatedb nocreaterole nobypassrls password :'app_password';

select 'create database switchboard owner switchboard_owner'
 where not exists (select from pg_database where datname = 'switchboard') \gexec
