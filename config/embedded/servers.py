"""Use the embedded servers: attach to those that run, start them where none do, let go at the end."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded import account
from config.embedded.locks import FileLock, is_free
from config.embedded.paths import ROOT, Paths, paths_of
from config.embedded.process import ServerError


@contextmanager
def servers(root: Path, *, throwaway: bool = False) -> Iterator[Paths]:
    """Both servers of the data directory `root` answer inside the block. The last user to leave has them stopped.

    Raises ServerError with a text for people when they cannot be started.
    """
    paths = paths_of(root)
    account.ours(paths.root)
    users = FileLock(paths.root / "users.lock")
    users.shared()  # waits while a keeper is stopping
    keeper = None
    try:
        keeper = ensure_running(paths, throwaway=throwaway)
        yield paths
    finally:
        users.release()
        wait_for_the_end(paths, users)
        users.close()
        if keeper:
            reap(keeper, paths)


def ensure_running(paths: Paths, *, throwaway: bool = False) -> subprocess.Popen[str] | None:
    """Start a keeper unless one runs, and return it if we did. Two processes that come at once start one."""
    starting = FileLock(paths.root / "starting.lock")
    try:
        starting.exclusive()
        if is_free(paths.root / "keeper.lock"):
            return start_keeper(paths, throwaway=throwaway)
        return None
    finally:
        starting.close()


def start_keeper(paths: Paths, *, throwaway: bool) -> subprocess.Popen[str]:
    """Returns when both servers answer."""
    flags = ["--throwaway"] if throwaway else []
    keeper = subprocess.Popen(
        [sys.executable, "-m", "config.embedded.keeper", str(paths.root), *flags],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        text=True,
    )
    assert keeper.stdout is not None
    said = keeper.stdout.read().strip()
    keeper.stdout.close()
    if said.splitlines()[-1:] != ["ready"]:
        keeper.wait()
        raise ServerError(said or f"the embedded servers ended with status {keeper.returncode} while starting.")
    return keeper


def reap(keeper: subprocess.Popen[str], paths: Paths) -> None:
    """Take note of the keeper's end, or let go of it: it outlives us when others still use the servers."""
    if keeper_runs(paths):
        keeper.returncode = 0  # keeps Popen from complaining about a child that still runs
    else:
        keeper.wait()


def keeper_runs(paths: Paths) -> bool:
    return not is_free(paths.root / "keeper.lock")


def wait_for_the_end(paths: Paths, users: FileLock, patience: float = 30) -> None:
    """After letting go: return at once while others use the servers, else when the keeper has stopped them."""
    deadline = time.monotonic() + patience
    while paths.root.exists() and keeper_runs(paths) and time.monotonic() < deadline:
        if users.try_exclusive():
            users.release()  # nobody uses them: the keeper is about to notice
        elif users.try_shared():
            users.release()  # others use them
            return
        time.sleep(0.03)
