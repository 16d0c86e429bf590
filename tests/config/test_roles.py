"""The product connects as a role that owns nothing and may do little. These tests run as that role."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import InternalError, ProgrammingError, connection, transaction
from psycopg import sql

from config import parsing
from config.checks import ordinary_role, refuse_powerful_role, too_powerful
from config.embedded.paths import ROOT, SUPERUSER, data_directory, paths_of
from config.grants import APPEND_ONLY
from tests.nursery_fixtures import Nursery

embedded = pytest.mark.skipif(not settings.EMBEDDED, reason="makes roles, for which it needs a superuser of its own")


@pytest.fixture
def superuser() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(paths_of(data_directory()).database_url(SUPERUSER, "postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def roles(superuser: psycopg.Connection[tuple[object, ...]]) -> Iterator[dict[str, str]]:
    """Roles that the app's must not be. Roles belong to the whole server, so their names are this process's own."""
    names = {kind: f"test_{kind}_{os.getpid()}" for kind in ("bypasser", "member")}
    superuser.execute(sql.SQL("create role {} bypassrls").format(sql.Identifier(names["bypasser"])))
    superuser.execute(
        sql.SQL("create role {} in role {}").format(sql.Identifier(names["member"]), sql.Identifier(names["bypasser"]))
    )
    yield names
    for name in names.values():
        superuser.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def bare(query: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)


@pytest.mark.django_db
def test_tests_and_product_use_the_same_ordinary_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select current_user")
        assert cursor.fetchone() == (settings.DATABASE_APP_ROLE,)
    assert too_powerful(settings.DATABASE_APP_ROLE) is None
    assert list(ordinary_role(None, databases=["default"])) == []


@pytest.mark.django_db
def test_it_owns_nothing_and_cannot_change_the_schema() -> None:
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_class where pg_get_userbyid(relowner) = current_user")
        assert cursor.fetchone() == (0,)
    for statement in (
        "alter table workspaces_workspace add column x int",
        "drop table workspaces_workspace",
        "create table mine (x int)",
        "alter table workspaces_auditentry disable trigger all",
    ):
        with pytest.raises(ProgrammingError):
            bare(statement)


@pytest.mark.django_db
def test_it_reads_and_writes_the_rows_of_every_other_table() -> None:
    rights = "select, insert, update, delete"
    query = """
        select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
         where n.nspname = 'public' and c.relkind in ('r', 'p') and c.relname <> 'django_migrations'
           and not c.relname = any(%s) and exists (
               select from unnest(string_to_array(%s, ', ')) as r(name)
                where not has_table_privilege(current_user, c.oid, r.name))
    """
    with connection.cursor() as cursor:
        cursor.execute(query, [list(APPEND_ONLY), rights])
        assert cursor.fetchall() == []


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["update workspaces_auditentry set action = 'x'", "delete from workspaces_auditentry"])
def test_it_cannot_rewrite_the_audit(statement: str) -> None:
    with pytest.raises((ProgrammingError, InternalError), match="permission denied"):
        bare(statement)


@pytest.mark.django_db
def test_it_cannot_pretend_that_a_migration_ran() -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        bare("insert into django_migrations (app, name, applied) values ('leads', '9999_x', now())")


@embedded
@pytest.mark.django_db
def test_powerful_roles_are_told_apart(roles: dict[str, str]) -> None:
    assert "is a superuser" in str(too_powerful(SUPERUSER))
    assert "is exempt from row-level security" in str(too_powerful(roles["bypasser"]))
    assert f"may become {roles['bypasser']}" in str(too_powerful(roles["member"]))


@embedded
@pytest.mark.django_db
def test_the_check_and_the_start_refuse_a_superuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "DATABASE_APP_ROLE", SUPERUSER)
    assert [message.id for message in ordinary_role(None, databases=["default"])] == ["switchboard.E001"]
    with pytest.raises(SystemExit, match="is a superuser"):
        refuse_powerful_role()


@pytest.mark.django_db
def test_the_check_refuses_a_role_that_cannot_migrate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MIGRATION_DATABASE_URL", settings.DATABASE_URL)
    assert [message.id for message in ordinary_role(None, databases=["default"])] == ["switchboard.E003"]


@pytest.mark.django_db
def test_the_check_warns_where_the_owner_is_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    owner = parsing.database(settings.MIGRATION_DATABASE_URL)["USER"]
    monkeypatch.setattr(settings, "DATABASE_APP_ROLE", owner)
    assert [message.id for message in ordinary_role(None, databases=["default"])] == ["switchboard.W001"]


REFUSED = "The app's database role postgres is a superuser."


@embedded
@pytest.mark.slow
def test_the_web_does_not_start_as_a_superuser(process_env: dict[str, str]) -> None:
    """By itself, without Django's checks, which would say the same."""
    env = process_env | {"DATABASE_URL": paths_of(data_directory()).database_url(SUPERUSER, "postgres")}
    args = [sys.executable, "-c", "import config.wsgi"]
    done = subprocess.run(args, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert REFUSED in done.stderr


@embedded
@pytest.mark.parametrize("command", [["worker", "-P", "threads", "-c", "1"], ["beat", "-s", "{tmp}/beat"]], ids=["worker", "beat"])
def test_neither_worker_nor_beat_starts_as_a_superuser(command: list[str], nursery: Nursery, tmp_path: Path) -> None:
    process = nursery.start("tests.config.starting.celery_as_superuser", *(arg.format(tmp=tmp_path) for arg in command))
    assert process.wait() == 1
    assert f"SystemExit: {REFUSED}" in process.said()
