"""The test databases: migrated once in a run by the owner, copied for every further process, used as the app's role."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import TransactionTestCase
from psycopg import sql
from pytest_django import DjangoDbBlocker

from config import parsing
from config.embedded.places import SUPERUSER, data_directory, places_of
from config.grants import grant

TEMPLATE = "test_template"
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
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[Callable[[], None]]:
    """Has this process migrate if it is the first of the run, else copy what the first one left; what to call once it has.

    Migrating takes a process as long as hundreds of tests. On servers of one's own nothing is left behind.
    """
    if not settings.EMBEDDED or "PYTEST_XDIST_WORKER" not in os.environ:
        yield lambda: None
        return
    made = Path(os.environ["SWITCHBOARD_DATA_DIR"]) / "test-template"
    with made.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            fcntl.flock(lock, fcntl.LOCK_UN)
            connection.settings_dict["TEST"] |= {"TEMPLATE": TEMPLATE, "MIGRATE": False}

        def leave_template() -> None:
            if not made.exists():
                _copy(connection.settings_dict["NAME"])
                made.touch()
                fcntl.flock(lock, fcntl.LOCK_UN)

        yield leave_template


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_modify_db_settings: Callable[[], None], django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """The owner has made and migrated the database; the tests go on as the role that the product uses."""
    owner = connection.settings_dict.copy()
    app = parsing.database(settings.DATABASE_URL)
    with django_db_blocker.unblock():
        grant("default", app["USER"])
        with connection.cursor() as cursor:  # transactional tests empty the tables; the product may not
            cursor.execute(f'grant truncate on all tables in schema public to "{app["USER"]}"')
            cursor.execute(f'grant connect, temporary on database "{connection.settings_dict["NAME"]}" to "{app["USER"]}"')
        connection.close()
        django_db_modify_db_settings()
    connection.settings_dict.update(USER=app["USER"], PASSWORD=app["PASSWORD"])
    with _quick_emptying():
        yield
    with django_db_blocker.unblock():
        connection.close()
    connection.settings_dict.update(USER=owner["USER"], PASSWORD=owner["PASSWORD"])


@contextmanager
def _quick_emptying() -> Iterator[None]:
    """After a transactional test only the tables that hold something are emptied, by the superuser and past the triggers.

    Django's way truncates all of them and makes the permissions anew, which takes longer than most of these tests.
    """
    if not settings.EMBEDDED:
        yield
        return
    url = places_of(data_directory()).database_url(SUPERUSER, connection.settings_dict["NAME"])
    statement = sql.SQL(EMPTY).format(kept=sql.Literal(list(KEPT)))
    with pytest.MonkeyPatch.context() as patch, psycopg.connect(url, autocommit=True) as superuser:

        def empty(test: TransactionTestCase) -> None:
            superuser.execute(statement)

        patch.setattr(TransactionTestCase, "_fixture_teardown", empty)
        yield


def _copy(name: str) -> None:
    """A template is a database that nobody is connected to."""
    statement = sql.SQL("create database {} template {}").format(sql.Identifier(TEMPLATE), sql.Identifier(name))
    with connection._nodb_cursor() as cursor:  # Django's own way to where databases are made
        cursor.execute(statement)
