"""`make run` as a newcomer meets it: it starts, says when it is ready, refuses a second one, and ends without a trace."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings

from config.embedded import console as embedded
from config.embedded import surroundings
from config.embedded.paths import ROOT, SUPERUSER, paths_of
from config.embedded.prepared import copy_to
from config.embedded.process import ServerError
from tests.config.processes import eventually, processes_of

pytestmark = pytest.mark.slow


REMEMBER = """
from django.conf import settings
from workspaces.models import User
User.objects.create(email="dear@example.com", name="dear")
print(settings.PUBLIC_URL)
"""


class Console:
    """`manage.py console` on data of its own, with its output. A light one starts processes that do nothing."""

    def __init__(self, root: Path, port: int, *, light: bool = False, **more: str) -> None:
        self.root, self.port, self.lines = root, port, list[str]()
        self.env = {"PATH": os.environ["PATH"], "HOME": str(root), "SWITCHBOARD_DATA_DIR": str(root), **more}
        command = ["-m", "tests.config.light_console"] if light else ["manage.py", "console", "--port"]
        self.process = self.popen(*command, str(port))
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def popen(self, *command: str) -> subprocess.Popen[str]:
        args = [sys.executable, *command]
        return subprocess.Popen(args, cwd=ROOT, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as output:
            for line in output:
                self.lines.append(line)

    def run(self, *command: str) -> tuple[int, str]:
        other = self.popen("manage.py", *command)
        output, _ = other.communicate(timeout=150)
        return other.returncode, output

    def said(self, words: str) -> bool:
        return any(words in line for line in list(self.lines))

    def health(self) -> dict[str, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                found: dict[str, str] = json.load(answer)
        except urllib.error.HTTPError as refusal:
            found = json.load(refusal)
        return found

    def remembers(self, email: str) -> bool:
        with psycopg.connect(paths_of(self.root).database_url(SUPERUSER)) as database:
            return database.execute("select from workspaces_user where email = %s", [email]).rowcount == 1

    def wait_until_ready(self) -> None:
        assert eventually(lambda: self.said("ready in") or self.process.poll() is not None, 150), "".join(self.lines)
        assert self.process.poll() is None, "".join(self.lines)

    def ends_with(self, status: int) -> None:
        ended = self.process.wait(30)
        self.reader.join(10)
        assert ended == status, "".join(self.lines)
        assert eventually(lambda: not processes_of(self.root), patience=30), processes_of(self.root)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def start(root: Path) -> Iterator[Callable[..., Console]]:
    started: list[Console] = []

    def start(port: int = 0, *, light: bool = False, **environment: str) -> Console:
        started.append(Console(root, port or free_port(), light=light, **environment))
        return started[-1]

    yield start
    for console in started:
        if console.process.poll() is None:
            console.process.send_signal(signal.SIGTERM)
        console.process.wait(30)
        console.reader.join(10)


def test_one_command_runs_everything_ends_without_a_trace_and_keeps_the_data(root: Path, start: Callable[..., Console]) -> None:
    """Three lives of one set of data. Its tables are there already: to apply every migration is how the suite itself begins.

    The first is the product's. What the console does around its processes is seen with light ones (tests.config.light_console).
    """
    if settings.EMBEDDED:
        copy_to(paths_of(root))
    console = start()
    console.wait_until_ready()
    assert set((health := console.health()).values()) == {"up"}, (health, console.lines)

    status, output = console.run("console", "--port", str(free_port()))
    assert status == 1
    assert f"already running at http://127.0.0.1:{console.port}" in output

    status, output = console.run("reset")
    assert status == 1
    assert "is in use" in output

    status, output = console.run("shell", "-v0", "-c", REMEMBER)
    assert (status, output.strip()) == (0, f"http://127.0.0.1:{console.port}")
    assert console.process.poll() is None, "a command that comes and goes leaves the console alone"
    ends_whole_when_it_is_killed_itself(console)

    again = start(console.port, light=True)
    again.wait_until_ready()
    assert again.remembers("dear@example.com"), "starting again keeps the data"
    starts_a_killed_worker_again(again)
    ends_in_order_with_ctrl_c(again)

    stops_everything_when_the_database_dies(start(console.port, light=True))


def ends_whole_when_it_is_killed_itself(console: Console) -> None:
    """The product's processes end by themselves, while the servers they work with go away."""
    console.process.kill()
    console.ends_with(-signal.SIGKILL)


def starts_a_killed_worker_again(console: Console) -> None:
    def workers() -> set[int]:
        return {pid for pid, command in processes_of(console.root).items() if " worker " in command}

    before = workers()
    assert before
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: console.said("worker ended with status -9 and is started again"), patience=30), console.lines
    assert eventually(lambda: workers() - before and (console.root / "up" / "worker").exists(), patience=30)


def ends_in_order_with_ctrl_c(console: Console) -> None:
    """Those that make work end first, then those that do it, and the database last."""
    console.process.send_signal(signal.SIGINT)
    console.ends_with(0)
    ended = [line.split() for line in console.lines if "ends, the database is" in line]
    assert {name for name, *_ in ended[:2]} == {"web", "beat"}
    assert ended[2][0] == "worker"
    assert {words[-1] for words in ended} == {"there"}
    assert console.said("stopped in")


def stops_everything_when_the_database_dies(console: Console) -> None:
    console.wait_until_ready()
    postgres = next(pid for pid, command in processes_of(console.root).items() if "bin/postgres -D" in command)
    os.kill(postgres, signal.SIGKILL)
    console.ends_with(1)
    assert console.said("PostgreSQL or Valkey ended, so everything stops")


def test_a_taken_port_is_told_with_the_way_out(start: Callable[..., Console]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        console = start(port)
        console.ends_with(1)
    assert console.said(f"port {port} is taken. Choose another: make run PORT=")


def test_one_server_of_ones_own_without_the_other_is_refused(start: Callable[..., Console]) -> None:
    console = start(REDIS_URL="redis://127.0.0.1:1/0")
    console.ends_with(1)
    assert console.said("REDIS_URL is set and DATABASE_URL is not: set both to use servers of your own, or neither.")


@pytest.mark.parametrize("port", ["abc", "0", "65535", "-1", "8000x"])
def test_a_port_that_is_none_is_told_with_the_way_out(port: str) -> None:
    with pytest.raises(ServerError, match="give a number from 1 to 65534"):
        surroundings.port_of(port)


def test_make_run_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert embedded.main(["--port=abc"]) == 1
    assert "PORT is “abc”: give a number from 1 to 65534, as in make run PORT=8765" in capsys.readouterr().out


def test_another_port_is_found_also_above_the_last() -> None:
    assert surroundings.free_port("127.0.0.1", 65_536) < 65_536
