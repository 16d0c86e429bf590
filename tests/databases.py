"""The test databases: copied by the owner from one that is migrated, used as the app's role, emptied quickly."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from config import parsing
from config.embedded.paths import DATABASE, SUPERUSER, data_directory, paths_of
from config.grants import grant

CONNECTION_SECONDS = 60
"""What a browser asks for over one of its connections is answered over one of ours: there were seven times as many."""
KEPT = ("django_migrations", "django_content_type", "auth_permission")
EMPTY = """
    do $$ declare name text; filled bool; begin
        set local session_replication_role = replica;
        for name in select quote_ident(tablename) from pg_tables where schemaname = 'public' and tablename <> all({kept}) loop
            execute 'select exists (select from ' || name || ')' into filled;
            if filled then execute 'delete from ' || name; end if;
        end loop;
    end $$
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The embedded servers hold a migrated database already (config.embedded.prepared): each process copies it."""
    if settings.EMBEDDED:
        connection.settings_dict["TEST"] |= {"TEMPLATE": DATABASE, "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """The embedded servers go with all they hold, and dropping a database waits for sessions that have just been closed."""
    return django_db_keepdb or settings.EMBEDDED


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The owner has made and migrated the database; the tests go on as the role that the product uses."""
    owner = connection.settings_dict.copy()
    app = parsing.database(settings.DATABASE_URL)
    with django_db_blocker.unblock():
        grant("default", app["USER"])
        with connection.cursor() as cursor:  # transactional tests empty the tables; the product may not
            cursor.execute(f'grant truncate on all tables in schema public to "{app["USER"]}"')
            cursor.execute(f'grant connect, temporary on database "{connection.settings_dict["NAME"]}" to "{app["USER"]}"')
        connection.close()
    connection.settings_dict.update(USER=app["USER"], PASSWORD=app["PASSWORD"])
    if settings.EMBEDDED:  # a database that is dropped at the end must have no sessions then
        connection.settings_dict["CONN_MAX_AGE"] = CONNECTION_SECONDS
    with _quick_emptying():
        yield
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Rows that fixtures of a whole file make on top of this one are there in each of its tests, and gone after the last.

    Each test works on a savepoint inside this transaction, so that what it changes is taken back. Not for files in which a test
    commits (`transactional_db`), and what is shared should be ids or texts: a model instance would keep what a test did to it.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        with connection.cursor() as cursor:  # between two tests a process may wait for long, for another one's
            cursor.execute("set local idle_in_transaction_session_timeout = 0")
        yield
        transaction.set_rollback(True)


@contextmanager
def _quick_emptying() -> Iterator[None]:
    """After a transactional test only the tables that hold something are emptied, by the superuser and past the triggers.

    Django's way truncates all of them and makes the permissions anew, which takes longer than most of these tests.
    """
    if not settings.EMBEDDED:
        yield
        return
    url = paths_of(data_directory()).database_url(SUPERUSER, connection.settings_dict["NAME"])
    statement = sql.SQL(EMPTY).format(kept=sql.Literal(list(KEPT)))
    with pytest.MonkeyPatch.context() as patch, psycopg.connect(url, autocommit=True) as superuser:

        def empty(test: TransactionTestCase) -> None:
            superuser.execute(statement)

        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield
