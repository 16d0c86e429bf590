"""The embedded servers run while anybody uses them, lose nothing, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config.embedded import reset
from config.embedded.account import Account, account, belongs_to, prepare
from config.embedded.locks import FileLock
from config.embedded.paths import ROOT, SUPERUSER, Paths, everybody_may_pass, paths_of
from config.embedded.process import ServerError
from config.embedded.servers import keeper_runs, servers
from tests.config.processes import eventually, processes_of

USE = """
import sys, time
from pathlib import Path
from config.embedded.servers import servers
with servers(Path(sys.argv[1])):
    print("using", flush=True)
    time.sleep(600)
"""


@pytest.fixture(autouse=True)
def nothing_left(root: Path) -> Iterator[None]:
    yield
    assert eventually(lambda: not processes_of(root)), processes_of(root)


def ask(paths: Paths, query: str) -> object:
    with psycopg.connect(paths.database_url(SUPERUSER, "postgres"), autocommit=True) as connection:
        done = connection.execute(query)
        row = done.fetchone() if done.description else None
        return row[0] if row else None


def another_user(root: Path) -> subprocess.Popen[str]:
    """A process that uses the servers until it is ended."""
    user = subprocess.Popen([sys.executable, "-c", USE, str(root)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert user.stdout is not None
    assert user.stdout.readline() == "using\n"
    return user


@pytest.mark.slow
def test_the_last_to_leave_stops_the_servers_and_the_data_stays(root: Path) -> None:
    with servers(root) as paths:
        ask(paths, "create table kept as select 42 as answer")
        other = another_user(root)
    assert keeper_runs(paths), "somebody else still uses them"
    assert ask(paths, "select answer from kept") == 42
    other.terminate()
    other.communicate()
    assert eventually(lambda: not keeper_runs(paths))
    with servers(root) as paths:
        assert ask(paths, "select answer from kept") == 42
        assert ask(paths, "select rolsuper or rolbypassrls from pg_roles where rolname = 'switchboard_app'") is False
    assert not keeper_runs(paths)


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel ends children with their parent on Linux only")
def test_whoever_is_killed_nothing_stays_running(root: Path) -> None:
    """The only user, or one of the servers; and what was left behind keeps nobody from starting again."""
    user = another_user(root)
    assert len(processes_of(root)) >= 3  # the keeper, PostgreSQL, Valkey
    user.kill()
    user.communicate()
    assert eventually(lambda: not processes_of(root)), processes_of(root)
    for victim in ("config.embedded.keeper", "bin/postgres -D", "valkey-server"):
        with servers(root) as paths:
            pid = next(pid for pid, command in processes_of(root).items() if victim in command)
            os.kill(pid, signal.SIGKILL)
            assert eventually(lambda: not keeper_runs(paths)), victim
            assert eventually(lambda: not processes_of(root)), (victim, processes_of(root))


@pytest.mark.slow
def test_data_of_another_release_is_refused_with_advice(root: Path) -> None:
    paths = paths_of(root)
    prepare(paths, account())
    (paths.postgres / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(ServerError, match=r"made by PostgreSQL 17 and this is PostgreSQL \d+: dump it .* `make reset`"),
        servers(root),
    ):
        pass


def test_reset_waits_for_nobody_and_refuses_while_in_use(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(root))
    paths = paths_of(root)
    paths.marker.touch()
    user = FileLock(root / "users.lock")
    user.shared()
    assert reset.main() == 1
    assert "is in use" in capsys.readouterr().err
    assert root.exists()
    user.close()
    assert reset.main() == 0
    assert not root.exists()
    assert reset.main() == 0


def test_reset_deletes_no_directory_that_is_not_ours(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(root))
    (root / "letters.txt").write_text("dear")
    assert reset.main() == 0
    assert "Nothing to reset" in capsys.readouterr().out
    assert (root / "letters.txt").exists()


def test_a_long_path_gets_its_sockets_elsewhere(root: Path) -> None:
    deep = root / ("d" * 120)
    assert len(os.fsencode(paths_of(deep).sockets / ".s.PGSQL.5432.lock")) <= 103
    assert paths_of(deep).sockets != paths_of(root / ("e" * 120)).sockets
    assert paths_of(deep) == paths_of(deep)


def test_as_root_data_that_nobody_else_reaches_is_kept_elsewhere(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = root / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert not everybody_may_pass(home / "checkout")
    assert paths_of(home / "checkout" / ".run").servers.is_relative_to("/var/lib/switchboard")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert paths_of(home / "checkout" / ".run").servers == home / "checkout" / ".run"


def test_sockets_in_a_directory_of_somebody_else_are_refused(root: Path) -> None:
    if os.geteuid() == 0:
        os.chown(root, 4242, 4242)
    with pytest.raises(ServerError, match="belongs to"):
        belongs_to(root, Account(uid=65534 if os.geteuid() == 0 else 0, gid=0))


def test_locks_are_counted_by_the_kernel(root: Path) -> None:
    first, second, third = (FileLock(root / "users.lock") for _ in range(3))
    assert first.try_shared()
    assert second.try_shared()
    assert not third.try_exclusive()
    first.close()
    assert not third.try_exclusive()
    second.close()
    assert third.try_exclusive()
    third.close()
