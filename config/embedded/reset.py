"""`make reset`: delete the embedded data, so that the next start begins anew."""

import sys

from config.embedded import account
from config.embedded.locks import FileLock
from config.embedded.places import Places, data_directory, places_of


def main() -> int:
    """Delete the data unless somebody uses it. Only a directory that we made is deleted, whatever SWITCHBOARD_DATA_DIR names."""
    places = places_of(data_directory())
    if not places.marker.exists():
        print(f"Nothing to reset: there is no data in {places.root}.")
        return 0
    account.ours(places.root)
    if not unused(places):
        print(f"The data in {places.root} is in use: stop `make run` and every `manage.py` command first.", file=sys.stderr)
        return 1
    account.remove(places)
    print(f"The data in {places.root} is gone; `make run` begins anew.")
    return 0


def unused(places: Places) -> bool:
    """Whether no console runs and no command uses the servers."""
    locks = [FileLock(places.root / name) for name in ("console.lock", "users.lock")]
    try:
        return all(lock.try_exclusive() for lock in locks)
    finally:
        for lock in locks:
            lock.close()
