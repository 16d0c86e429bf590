"""What every test stands on: a Redis number of its own, and the environment of processes that tests start."""

import gc
import os
import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from hypothesis import settings as hypothesis_settings

from config import parsing

pytest_plugins = ["tests.browser_fixtures", "tests.cast", "tests.databases", "tests.nursery_fixtures", "tests.ordering"]

TESTS = Path(__file__).resolve().parent

hypothesis_settings.register_profile("house", deadline=None, max_examples=60, print_blob=True)
hypothesis_settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    os.environ.pop("SWITCHBOARD_DATABASE_ROLE", None)  # processes that tests start are no owners
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a suite signs in often
    use_redis(redis_number())


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Each worker of a whole run begins with other files, so that each is compiled once: what one has written the others read.

    Rewriting the asserts takes as long as all the rest of collecting, and side by side all would do so at the same moments.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers == 1 or [session.config.invocation_params.dir / one for one in session.config.args] != [TESTS]:
        return
    for path in sorted(TESTS.rglob("test_*.py"))[worker_number() :: workers]:
        with suppress(Exception, pytest.skip.Exception):  # collecting meets it again, and says so
            import_module(".".join(path.relative_to(TESTS.parent).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """The garbage collector need not walk through all modules and tests again and again: they stay to the end.

    It has not run so far (config.embedded.pytest_plugin).
    """
    gc.freeze()
    gc.enable()


def redis_number() -> int:
    """Servers have 16 numbers; the workers of one run share nothing."""
    return worker_number() % 15 + 1


def worker_number() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def use_redis(number: int) -> None:
    if settings.REDIS_URL.startswith("unix:"):
        url = re.sub(r"\?db=\d+$", f"?db={number}", settings.REDIS_URL)
    else:
        url = re.sub(r"(://[^/]+).*$", rf"\1/{number}", settings.REDIS_URL)
    settings.REDIS_URL = url
    settings.CACHES["default"]["LOCATION"] = url
    settings.CELERY_BROKER_URL = parsing.broker(url)


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """No test sees what another throttled, cached or bound to its log lines. The Redis number is this process's own."""
    cache.clear()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def process_env(transactional_db: None) -> dict[str, str]:
    """The environment of a process (web, command) that is to work on this test's database and Redis.

    Use it with committed rows: the fixture asks for a transactional database.
    """
    return environment()


def environment() -> dict[str, str]:
    database = connection.settings_dict
    role = f"{database['USER']}:{database['PASSWORD']}" if database["PASSWORD"] else database["USER"]
    host = f"{database['HOST']}:{database['PORT']}" if database["PORT"] else database["HOST"]
    address = f"@/{database['NAME']}?host={host}" if host.startswith("/") else f"@{host}/{database['NAME']}"
    inherited = {
        name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SWITCHBOARD_DATA_DIR") if name in os.environ
    }
    return {
        **inherited,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "DATABASE_URL": f"postgresql://{role}{address}",
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
        "LINE_SECRET_KEYS": ",".join(settings.LINE_SECRET_KEYS),
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "PUBLIC_URL": settings.PUBLIC_URL,
        "EMAIL_URL": "console://",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "LOG_FORMAT": "console",
    }
