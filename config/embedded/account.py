"""Whose servers these are: the user they run as, and the directories made ready for that user."""

import os
import pwd
import shutil
from dataclasses import dataclass
from pathlib import Path

from config.embedded.paths import Paths
from config.embedded.process import ServerError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The user that the servers run as; None means ourselves."""

    uid: int | None = None
    gid: int | None = None


def account() -> Account:
    """Ourselves, or as the superuser `nobody`, which exists everywhere. We create no users."""
    if os.geteuid() != 0:
        return Account()
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise ServerError(
            "PostgreSQL does not run as root and this system has no user `nobody`: run as an ordinary user, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)


def prepare(paths: Paths, who: Account) -> None:
    """Make the directories. Modes of directories that we did not make are never changed."""
    ours(paths.root)
    paths.marker.touch()
    paths.logs.mkdir(mode=0o700, exist_ok=True)
    make_passable(paths.servers)
    for directory in (paths.postgres, paths.valkey, paths.sockets):
        try:
            directory.mkdir(mode=0o700)
        except FileExistsError:
            belongs_to(directory, who)
        else:
            if who.uid is not None and who.gid is not None:
                os.chown(directory, who.uid, who.gid)


def ours(root: Path) -> None:
    """Make the data directory, or refuse one that another user made: half of its files would be out of reach."""
    make_passable(root)
    if (owner := root.stat().st_uid) != os.geteuid():
        raise ServerError(
            f"{root} belongs to {name_of(owner)}, and you are {name_of(os.geteuid())}: run as {name_of(owner)}, "
            "or set SWITCHBOARD_DATA_DIR to a directory of your own."
        )


def make_passable(directory: Path) -> None:
    """Make the directory, and those above it that are missing, so that the servers' user can pass whatever our umask says."""
    if not directory.exists():
        make_passable(directory.parent)
        directory.mkdir(exist_ok=True)
        directory.chmod(0o711)


def belongs_to(directory: Path, who: Account) -> None:
    """Refuse a directory of somebody else, which matters most for sockets in the shared temporary directory."""
    expected = os.geteuid() if who.uid is None else who.uid
    found = directory.lstat()
    if found.st_uid == os.geteuid() == 0 and expected != 0:  # a start was interrupted between mkdir and chown
        os.chown(directory, expected, who.gid if who.gid is not None else -1)
    elif found.st_uid != expected:
        raise ServerError(f"{directory} belongs to {name_of(found.st_uid)}, not to {name_of(expected)}: remove it.")


def name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def remove(paths: Paths) -> None:
    """Delete the whole set-up. The caller has made sure that nothing uses it."""
    for directory in {paths.sockets, paths.servers, paths.root}:
        shutil.rmtree(directory, ignore_errors=True)
