"""`make run`: one command from nothing to a page.

1. Take the console's lock, see that the port is free, start PostgreSQL and Valkey (unless the environment names others).
2. Migrate as the owner, load the demo workspace.
3. Start the simulated phone network, web, worker and beat; say "ready" when each of them answers.
4. Stay until Ctrl-C, or until one of them ends; then stop them in order: those that make work, those that do it, the databases.

The signal handler only counts. Setting an Event, or printing under a lock, deadlocks when the main thread holds that lock.
"""

import argparse
import os
import shutil
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from contextlib import ExitStack, closing
from types import FrameType

from config.embedded import account
from config.embedded.children import say
from config.embedded.fleet import Fleet
from config.embedded.locks import FileLock
from config.embedded.paths import data_directory, paths_of
from config.embedded.process import ServerError
from config.embedded.recipes import COMPANIONS, Recipe, manage, recipes
from config.embedded.servers import keeper_runs, servers
from config.embedded.surroundings import (
    environment,
    note_address,
    noted_address,
    own_servers,
    port_of,
    refuse_taken,
    simulator_port,
)


class Stopped(Exception):
    """A signal asked us to end."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="manage.py console", description="Run everything on this machine.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
    parser.add_argument("--no-demo", action="store_true", help="no demo workspace and no simulated phone network")
    options = parser.parse_args(arguments)
    try:
        return Console(options.host, port_of(options.port), demo=not options.no_demo).run()
    except ServerError as error:
        say("console", str(error))
        return 1


class Console:
    def __init__(self, host: str, port: int, *, demo: bool) -> None:
        self.host, self.port, self.demo = host, port, demo
        self.paths = paths_of(data_directory())
        self.fleet = Fleet()
        self.signals = 0
        self.began = time.monotonic()

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count)
        account.ours(self.paths.root)
        with ExitStack() as stack:
            stack.enter_context(closing(self._only_one()))
            refuse_taken(self.host, self.port)
            self.embedded = not own_servers()
            self.fleet.env = self._environment()
            try:
                if self.embedded:
                    stack.enter_context(servers(self.paths.root))
                    say("console", f"PostgreSQL and Valkey answer, their data is in {self.paths.servers} ({self._elapsed()})")
                self.prepare()
                self._start()
                return self._stay()
            except Stopped:
                return 0
            finally:
                self._end()

    # -- before ----------------------------------------------------------------------------------------------------------------

    def _only_one(self) -> FileLock:
        lock = FileLock(self.paths.root / "console.lock")
        if not lock.try_exclusive():
            lock.close()
            other = noted_address(self.paths.root).get("url", "another terminal")
            raise ServerError(
                f"already running at {other} with the data in {self.paths.root}. Stop that one first, or give this one "
                "data of its own: make run PORT=8765 SWITCHBOARD_DATA_DIR=.run-2"
            )
        return lock

    def _environment(self) -> dict[str, str]:
        self.url = f"http://{self.host}:{self.port}"
        self.simulator_port = simulator_port(self.paths.root, self.port)
        self.ready = self.paths.root / "up"
        shutil.rmtree(self.ready, ignore_errors=True)
        self.ready.mkdir()
        env = environment(self.paths.root, self.host, self.port, self.simulator_port, self.ready)
        env["SWITCHBOARD_DATA_DIR"] = str(self.paths.root)  # the processes run in another directory, perhaps
        note_address(self.paths.root, env["PUBLIC_URL"], env["SIMULATOR_URL"])
        return env

    def prepare(self) -> None:
        """What is there before the processes start."""
        self._manage("migrate", "--no-input", "--verbosity=0")
        say("console", f"the database is migrated ({self._elapsed()})")
        if self.demo:
            self._manage("seed_demo", "--skip-checks")  # `migrate` has just made them
            say("console", f"the demo workspace is there ({self._elapsed()})")

    def _manage(self, *command: str) -> None:
        """Run a management command to its end."""
        recipe = manage(*command)
        child = self.fleet.start(recipe)
        while child.ended is None:
            self._heed_signals()
            time.sleep(0.05)
        self.fleet.forget(recipe.name)
        if child.ended:
            raise ServerError(f"`manage.py {command[0]}` failed; its output is above.")

    # -- running -----------------------------------------------------------------------------------------------------------------

    def recipes(self) -> Iterable[Recipe]:
        """The processes that run until the end."""
        return recipes(self.paths, self.host, self.port, self.simulator_port if self.demo else None)

    def _start(self) -> None:
        for recipe in self.recipes():
            self._heed_signals()
            self.fleet.start(recipe)

    def _stay(self) -> int:
        """Until somebody ends us (0), or something that belongs to the whole keeps ending by itself (1)."""
        ready = False
        while True:
            self._heed_signals()
            for name, status in self.fleet.ended():
                (self.ready / name).unlink(missing_ok=True)
                if not (ready and self.fleet.start_again(name, status)):
                    say("console", f"{name} ended with status {status}, so everything stops")
                    return 1
            if self.embedded and not keeper_runs(self.paths):
                say("console", f"PostgreSQL or Valkey ended, so everything stops; {self.paths.logs} has their logs")
                return 1
            if not ready and (ready := self._is_ready()):
                self._welcome()
            time.sleep(0.1 if not ready else 0.25)

    def _is_ready(self) -> bool:
        """Worker and beat leave a file in `up`, we leave one for the phones, and /healthz wants them all."""
        phones = self.ready / "phones"
        if not phones.exists() and (not self.demo or listens(self.simulator_port)):
            phones.touch()
        if len(list(self.ready.iterdir())) < len(COMPANIONS):
            return False  # /healthz would say so too, and web may not listen yet
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _welcome(self) -> None:
        say("console", f"ready in {self._elapsed()}: {self.url}/   (Ctrl-C stops everything, the data stays)")
        if not self.demo:
            return
        say("console", f"the simulated phones: {self.fleet.env['SIMULATOR_URL']}/")
        sign_ins = self.paths.root / "sign-ins.txt"
        if sign_ins.exists():
            for line in sign_ins.read_text().splitlines():
                say("console", line)

    # -- the end -----------------------------------------------------------------------------------------------------------------

    def _count(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1
        if self.signals > 1:  # somebody is in a hurry
            self.fleet.kill()

    def _heed_signals(self) -> None:
        if self.signals:
            raise Stopped

    def _end(self) -> None:
        """The processes; the databases after everybody (see `servers`)."""
        began = time.monotonic()
        self.fleet.end()
        shutil.rmtree(self.ready, ignore_errors=True)
        where = f" in {self.paths.servers}" if self.embedded else ""
        say("console", f"stopped in {time.monotonic() - began:.1f} s; the data stays{where}")

    def _elapsed(self) -> str:
        return f"{time.monotonic() - self.began:.1f} s"


def listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
