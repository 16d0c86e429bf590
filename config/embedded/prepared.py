"""A migrated database kept ready for test runs: applying every migration takes longer than hundreds of tests.

It lies under `.pytest_cache`, is made again whenever a migration or an installed package changes, and is only ever copied.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from config.embedded.account import make_passable
from config.embedded.locks import FileLock
from config.embedded.paths import ROOT, Paths, paths_of
from config.embedded.process import ServerError

KEPT: Final = ROOT / ".pytest_cache" / "migrated"
MIGRATE: Final = """
import gc
from config.embedded.command_line import main
gc.disable()  # thousands of models of the past are made, and to look among them for garbage is a third of the work
main(["manage.py", "migrate", "--verbosity", "0", "--skip-checks"])
"""


def copy_to(paths: Paths) -> None:
    """Put the migrated database where the servers of `paths` will look for their data. They do not run yet.

    Raises ServerError with what the migrations said.
    """
    make_passable(KEPT.parent)
    lock = FileLock(KEPT.parent / "migrated.lock")
    lock.exclusive()
    try:
        source = _up_to_date().postgres
        make_passable(paths.servers)
        subprocess.run(["cp", "-a", str(source), str(paths.postgres)], check=True)  # with the owners, which shutil forgets
    finally:
        lock.close()


def _up_to_date() -> Paths:
    made, wanted = KEPT / "made-from", _state_of_the_schema()
    paths = paths_of(KEPT)
    if made.exists() and made.read_text() == wanted and paths.postgres.exists():
        return paths
    for directory in {paths.servers, paths.root}:
        shutil.rmtree(directory, ignore_errors=True)
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE],
        cwd=ROOT,
        env=os.environ | {"SWITCHBOARD_DATA_DIR": str(KEPT)},
        capture_output=True,
        text=True,
    )
    if done.returncode:
        raise ServerError(f"the migrations failed:\n{done.stdout}{done.stderr}")
    made.write_text(wanted)
    return paths


def _state_of_the_schema() -> str:
    """A digest of all that decides what the database looks like."""
    files = [*ROOT.glob("*/migrations/*.py"), *(ROOT / "config").glob("embedded/*.py"), ROOT / "config" / "grants.py"]
    digest = hashlib.sha256((ROOT / "requirements-dev.lock").read_bytes())
    for file in sorted(files):
        digest.update(str(file.relative_to(ROOT)).encode() + Path(file).read_bytes())
    return digest.hexdigest()
