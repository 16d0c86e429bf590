"""pytest -p config.embedded.pytest_plugin: the suite runs on a real PostgreSQL and a real Valkey.

Without URLs one throw-away pair of servers is started for the whole run, by the first process (xdist's controller), with a
migrated database in it; its workers inherit the data directory through the environment and copy that database, each for itself.
The keeper removes everything at the end, also when the run is killed. With DATABASE_URL, MIGRATION_DATABASE_URL and REDIS_URL set,
those servers are used.
"""

import base64
import gc
import os
import secrets
import sys
import tempfile
from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from config.embedded.paths import paths_of
from config.embedded.prepared import copy_to
from config.embedded.process import ServerError
from config.embedded.servers import servers

_running = ExitStack()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(args: list[str]) -> Generator[None, object, object]:
    """Before pytest-django reads the settings. A wrapper comes before its own `tryfirst` hook; a conftest.py would be too late."""
    gc.disable()  # nothing of what is imported and collected becomes garbage; tests/conftest.py enables it then
    # The owner makes and migrates the test databases; tests/conftest.py then goes on as the app's role.
    os.environ["SWITCHBOARD_DATABASE_ROLE"] = "owner"
    os.environ.pop("DATABASE_POOL_SIZE", None)
    if os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL"):
        fill_in()
    elif "PYTEST_XDIST_WORKER" not in os.environ and not {"--version", "-V", "--help", "-h"} & set(args):
        start()
    return (yield)


def start() -> None:
    root = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    root.chmod(0o711)  # as root the servers run as another user, who has to pass
    try:
        copy_to(paths_of(root))
        _running.enter_context(servers(root, throwaway=True))
    except ServerError as error:
        sys.exit(f"pytest: {error}")
    os.environ["SWITCHBOARD_DATA_DIR"] = str(root)


def fill_in() -> None:
    """What the settings ask for beside the servers, where a run on servers of one's own leaves it out."""
    os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
    os.environ.setdefault("LINE_SECRET_KEYS", base64.urlsafe_b64encode(os.urandom(32)).decode())
    os.environ.setdefault("ALLOWED_HOSTS", "127.0.0.1,localhost")
    os.environ.setdefault("PUBLIC_URL", "http://127.0.0.1:8000")
    os.environ.setdefault("EMAIL_URL", "console://")
    os.environ.setdefault("STATIC_FILES", "finders")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _running.close()
