"""File locks that count the users of the servers: the kernel drops a lock when its holder ends, however it ends.

users.lock    shared by every process that uses the servers; exclusive by the keeper while it stops them
starting.lock exclusive while one process starts the keeper
keeper.lock   exclusive by the keeper for as long as the servers run
console.lock  exclusive by `make run`
"""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An flock(2) on a small file. Closing, or the end of the process, gives it back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def shared(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def exclusive(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        return self._try(fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        return self._try(fcntl.LOCK_EX)

    def release(self) -> None:
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        os.close(self._file)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def is_free(path: Path) -> bool:
    """Whether nobody holds the lock exclusively at this moment."""
    if not path.exists():
        return True
    lock = FileLock(path)
    try:
        return lock.try_shared()
    finally:
        lock.close()
