"""What a console consists of, and how each of its processes is started."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from config.embedded.paths import Paths
from config.embedded.surroundings import THREADS, senders

COMPANIONS: Final = ("worker", "beat", "phones")
"""Besides the web, these note that they are up, and /healthz tells of them."""

# As root Celery warns that it runs as root; people who start this on their own machine know. The checks that it would make have
# been made by `migrate` a moment ago.
_CELERY: Final = (
    sys.executable, "-W", "ignore:You're running the worker", "-m", "celery", "--quiet", "--skip-checks", "-A", "config",
)  # fmt: skip
_WORKER: Final = (*_CELERY, "worker", "-P", "threads", "--without-gossip", "--without-mingle")
_CONNECTIONS_BESIDE_TASKS: Final = 3


@dataclass(frozen=True)
class Recipe:
    """A process: its name, what it runs, and what its environment has beside everybody's."""

    name: str
    args: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def manage(*command: str) -> Recipe:
    return Recipe("console", (sys.executable, "manage.py", *command))


def recipes(paths: Paths, host: str, port: int, simulator_port: int | None) -> Iterator[Recipe]:
    """Everything that runs until the end, in the order of starting; without phones where `simulator_port` is None."""
    if simulator_port:
        yield Recipe("phones", manage("phone_network", "--port", str(simulator_port)).args)
    yield _web(host, port)
    yield _worker("worker", THREADS["worker"])
    for number in range(1, senders() + 1):  # the worker sends too; these do nothing else
        name = f"sender-{number}"
        yield _worker(name, 2, "-n", f"{name}@%h", "-Q", "sending")
    yield Recipe("beat", (*_CELERY, "beat", "--schedule", str(paths.root / "beat-schedule")))


def _web(host: str, port: int) -> Recipe:
    threads = str(THREADS["web"])
    args = (sys.executable, "-m", "gunicorn", "config.wsgi", "-c", "python:config.gunicorn", "-b", f"{host}:{port}")
    return Recipe("web", args, {"WEB_WORKERS": "1", "WEB_THREADS": threads, "DATABASE_POOL_SIZE": threads})


def _worker(name: str, threads: int, *more: str) -> Recipe:
    return Recipe(name, (*_WORKER, "-c", str(threads), *more), {"DATABASE_POOL_SIZE": str(threads + _CONNECTIONS_BESIDE_TASKS)})
