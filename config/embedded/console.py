"""`make run`: one command from nothing to a page.

1. Take the console's lock, see that the port is free, start PostgreSQL and Valkey (unless the environment names others).
2. Migrate as the owner, load the demo workspace.
3. Start the simulated phone network, web, worker and beat; say "ready" when each of them answers.
4. Stay until Ctrl-C, or until one of them ends; then stop them in order: who makes work, who does it, the databases.

The signal handler only counts. Setting an Event, or printing under a lock, deadlocks when the main thread holds that lock.
"""

import argparse
import os
import shutil
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from types import FrameType

from config.embedded import account
from config.embedded.children import Child, end_together, say
from config.embedded.locks import FileLock
from config.embedded.places import ROOT, data_directory, places_of
from config.embedded.process import ServerError
from config.embedded.servers import keeper_runs, servers
from config.embedded.surroundings import (
    THREADS,
    environment,
    note_address,
    noted_address,
    own_servers,
    refuse_taken,
    senders,
    simulator_port,
)

MOST_RESTARTS = 10  # of all processes together, within
RESTARTS_WITHIN = 60.0  # seconds; more than that is no accident any more
COMPANIONS = ("worker", "beat", "phones")  # as in config/health.py, which needs Django


class Stopped(Exception):
    """A signal asked us to end."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py console", description="Run everything on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
    parser.add_argument("--no-demo", action="store_true", help="no demo workspace and no simulated phone network")
    options = parser.parse_args(arguments)
    try:
        return Console(options.host, options.port, demo=not options.no_demo).run()
    except ServerError as error:
        say("console", str(error))
        return 1


class Console:
    def __init__(self, host: str, port: int, *, demo: bool) -> None:
        self.host, self.port, self.demo = host, port, demo
        self.places = places_of(data_directory())
        self.children: list[Child] = []
        self.recipes: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {}  # how each process is started
        self.restarts: list[float] = []
        self.signals = 0
        self.began = time.monotonic()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count)
        account.ours(self.places.root)
        with ExitStack() as stack:
            stack.callback(lambda lock: lock.close(), self._only_one())
            refuse_taken(self.host, self.port)
            self.embedded = not own_servers()
            self.env = self._environment()
            try:
                if self.embedded:
                    stack.enter_context(servers(self.places.root))
                    say("console", f"PostgreSQL and Valkey answer, their data is in {self.places.servers} ({self._elapsed()})")
                self._prepare()
                self._start()
                return self._stay()
            except Stopped:
                return 0
            except ServerError as error:
                say("console", str(error))
                return 1
            finally:
                self._end()

    # -- before ----------------------------------------------------------------------------------------------------------------

    def _only_one(self) -> FileLock:
        lock = FileLock(self.places.root / "console.lock")
        if not lock.try_exclusive():
            lock.close()
            other = noted_address(self.places.root).get("url", "another terminal")
            raise ServerError(
                f"already running at {other} with the data in {self.places.root}. Stop that one first, or give this one "
                "data of its own: make run PORT=8765 SWITCHBOARD_DATA_DIR=.run-2"
            )
        return lock

    def _environment(self) -> dict[str, str]:
        self.url = f"http://{self.host}:{self.port}"
        self.simulator_port = simulator_port(self.places.root, self.port)
        self.ready = self.places.root / "up"
        shutil.rmtree(self.ready, ignore_errors=True)
        self.ready.mkdir()
        env = environment(self.places.root, self.host, self.port, self.simulator_port, self.ready)
        env["SWITCHBOARD_DATA_DIR"] = str(self.places.root)  # the processes run in another directory, perhaps
        note_address(self.places.root, env["PUBLIC_URL"], env["SIMULATOR_URL"])
        return env

    def _prepare(self) -> None:
        self._manage("migrate", "--no-input", "--verbosity=0")
        say("console", f"the database is migrated ({self._elapsed()})")
        if self.demo and has_command("seed_demo"):
            self._manage("seed_demo")
            say("console", f"the demo workspace is there ({self._elapsed()})")

    def _manage(self, *command: str) -> None:
        """Run a management command to its end."""
        child = self._child("console", sys.executable, "manage.py", *command)
        while child.ended is None:
            self._heed_signals()
            time.sleep(0.05)
        child.wait(1)
        self.children.remove(child)
        if child.ended:
            raise ServerError(f"`manage.py {command[0]}` failed; its output is above.")

    # -- running -----------------------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        python = sys.executable
        # As root Celery warns that it runs as root; whoever starts this on a machine of their own knows.
        celery = [python, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "-A", "config"]
        if self.demo and has_command("phone_network"):
            self._child("phones", python, "manage.py", "phone_network", "--port", str(self.simulator_port))
        web = ["-m", "gunicorn", "config.wsgi", "-c", "python:config.gunicorn", "-b", f"{self.host}:{self.port}"]
        self._child("web", python, *web, WEB_WORKERS="1", WEB_THREADS=str(THREADS["web"]), DATABASE_POOL_SIZE=str(THREADS["web"]))
        worker = ["worker", "-P", "threads", "-c", str(THREADS["worker"]), "--without-gossip", "--without-mingle"]
        self._child("worker", *celery, *worker, DATABASE_POOL_SIZE=str(THREADS["worker"] + 2))
        for n in range(1, senders() + 1):  # the worker sends too; these do nothing else
            sender = [
                "worker",
                "-n",
                f"sender-{n}@%h",
                "-Q",
                "sending",
                "-P",
                "threads",
                "-c",
                "2",
                "--without-gossip",
                "--without-mingle",
            ]
            self._child(f"sender-{n}", *celery, *sender, DATABASE_POOL_SIZE="4")
        self._child("beat", *celery, "beat", "--schedule", str(self.places.root / "beat-schedule"))

    def _child(self, name: str, *args: str, **more: str) -> Child:
        self._heed_signals()
        child = Child(name, args, {**self.env, **more})
        self.children.append(child)
        self.recipes[name] = (args, more)
        return child

    def _again(self, child: Child, status: int) -> bool:
        """Start a process anew that ended by itself; False when that has happened too often for it to help.

        What was killed does not count: it was somebody else's doing, and may happen again.
        """
        now = time.monotonic()
        self.restarts = [moment for moment in self.restarts if now - moment < RESTARTS_WITHIN]
        if status != -signal.SIGKILL:
            self.restarts.append(now)
        if len(self.restarts) > MOST_RESTARTS:
            return False
        say("console", f"{child.name} ended with status {status} and is started again")
        child.wait(1)
        self.children.remove(child)
        (self.ready / child.name).unlink(missing_ok=True)
        args, more = self.recipes[child.name]
        self._child(child.name, *args, **more)
        return True

    def _stay(self) -> int:
        """Until somebody ends us (0), or something that belongs to the whole keeps ending by itself (1)."""
        ready = False
        while True:
            self._heed_signals()
            for child in list(self.children):
                if (status := child.ended) is not None and not (ready and self._again(child, status)):
                    say("console", f"{child.name} ended with status {status}, so everything stops")
                    return 1
            if self.embedded and not keeper_runs(self.places):
                say("console", f"PostgreSQL or Valkey ended, so everything stops; {self.places.logs} has their logs")
                return 1
            if not ready and (ready := self._is_ready()):
                self._welcome()
            time.sleep(0.1 if not ready else 0.25)

    def _is_ready(self) -> bool:
        """Worker and beat leave a file in `up`, we leave one for the phones, and /healthz wants them all."""
        phones = self.ready / "phones"
        if not phones.exists() and (not self._has("phones") or listens(self.simulator_port)):
            phones.touch()
        if len(list(self.ready.iterdir())) < len(COMPANIONS):
            return False  # /healthz would say so too, and web may not listen yet
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _has(self, name: str) -> bool:
        return any(child.name == name for child in self.children)

    def _welcome(self) -> None:
        say("console", f"ready in {self._elapsed()}: {self.url}/   (Ctrl-C stops everything, the data stays)")
        if self._has("phones"):
            say("console", f"the simulated phones: {self.env['SIMULATOR_URL']}/")
        sign_ins = self.places.root / "sign-ins.txt"
        if self.demo and sign_ins.exists():
            for line in sign_ins.read_text().splitlines():
                say("console", line)

    # -- the end -----------------------------------------------------------------------------------------------------------------

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        if self.signals > 1:  # somebody is in a hurry
            for child in self.children:
                child.kill()

    def _heed_signals(self) -> None:
        if self.signals:
            raise Stopped

    def _end(self) -> None:
        """Producers first, so that the worker can finish what it holds; the databases after everybody (see `servers`)."""
        began = time.monotonic()
        working = [child for child in self.children if child.name.startswith(("worker", "sender"))]
        end_together(child for child in self.children if child not in working)
        end_together(working)
        shutil.rmtree(self.ready, ignore_errors=True)
        where = f" in {self.places.servers}" if self.embedded else ""
        say("console", f"stopped in {time.monotonic() - began:.1f} s; the data stays{where}")

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self.began:.1f} s"


def has_command(name: str) -> bool:
    return any(ROOT.glob(f"*/management/commands/{name}.py"))


def listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
