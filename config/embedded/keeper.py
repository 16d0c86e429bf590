"""A small process that runs the two servers for as long as anybody uses them, then stops them and ends.

    python -m config.embedded.keeper <data directory> [--throwaway]

Users hold `users.lock` shared. When the keeper can take it exclusively, the last user has gone (ended, crashed or been killed: the
kernel gives its lock back in every case), so nothing is ever left running. It says `ready` on stdout once both servers answer.
With --throwaway the data directory is removed at the end.
"""

import os
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType

from config.embedded import account, binaries
from config.embedded.locks import FileLock
from config.embedded.paths import Paths, paths_of
from config.embedded.postgres import Postgres
from config.embedded.process import ServerError
from config.embedded.valkey import Valkey

LOOK_EVERY = 0.1  # seconds between two looks at the users and at the servers


def main(arguments: list[str]) -> int:
    root, throwaway = Path(arguments[0]), "--throwaway" in arguments[1:]
    paths = paths_of(root)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    with ExitStack() as stack:
        lock = FileLock(paths.root / "keeper.lock")
        stack.callback(lock.close)
        if not lock.try_exclusive():
            say("another keeper already runs here")
            return 1
        try:
            return keep(paths, throwaway=throwaway)
        except ServerError as error:
            say(str(error))
            return 1
        finally:
            if throwaway:
                account.remove(paths)


def keep(paths: Paths, *, throwaway: bool) -> int:
    """Start both servers, stay while they are used, stop them. Returns 1 when one of them ended by itself."""
    users = FileLock(paths.root / "users.lock")
    who = account.account()
    account.prepare(paths, who)
    postgres = Postgres(paths, binaries.postgres_home(paths, who), who, throwaway=throwaway)
    valkey = Valkey(paths, binaries.valkey_server(paths, who), who, throwaway=throwaway)
    with ExitStack() as stack:
        for server, name in ((valkey, "valkey"), (postgres, "postgres")):
            log = stack.enter_context(open(paths.logs / f"{name}.log", "ab", buffering=0))
            stack.callback(server.stop)
            server.start(log)
        say("ready")
        detach_output(paths.logs / "keeper.log")
        stack.callback(ignore_signals)
        while True:
            for server in (postgres, valkey):
                if server.process is None or server.process.poll() is not None:
                    return 1
            if users.try_exclusive():  # held while the servers stop, so that a newcomer waits and then starts afresh
                return 0
            time.sleep(LOOK_EVERY)


def detach_output(log: Path) -> None:
    """Let go of the pipe to the process that started us: it reads until here."""
    with open(log, "ab", buffering=0) as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def ignore_signals() -> None:
    """From here the servers are being stopped, and nothing may interrupt that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
