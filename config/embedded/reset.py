"""`make reset`: delete the embedded data, so that the next start begins from scratch."""

import sys

from config.embedded import account
from config.embedded.locks import FileLock
from config.embedded.paths import Paths, data_directory, paths_of


def main() -> int:
    """Delete the data unless somebody uses it. Only a directory that we made is deleted, whatever SWITCHBOARD_DATA_DIR names."""
    paths = paths_of(data_directory())
    if not paths.marker.exists():
        print(f"Nothing to reset: there is no data in {paths.root}.")
        return 0
    account.ours(paths.root)
    if not unused(paths):
        print(f"The data in {paths.root} is in use: stop `make run` and every `manage.py` command first.", file=sys.stderr)
        return 1
    account.remove(paths)
    print(f"The data in {paths.root} is gone; `make run` starts from scratch.")
    return 0


def unused(paths: Paths) -> bool:
    """Whether no console runs and no command uses the servers."""
    locks = [FileLock(paths.root / name) for name in ("console.lock", "users.lock")]
    try:
        return all(lock.try_exclusive() for lock in locks)
    finally:
        for lock in locks:
            lock.close()
