"""The processes of a flow, forked from one that has imported the product: `python -m tests.flows.forked`.

Importing takes longer than most of what they do. Each goes on with a command line of its own as if it had been started with it;
tests/config/test_console.py starts them that way. The process they come from has one thread and no connection.

It reads one line, a list of command lines in JSON, and ends them all when its input ends. Its status tells whether each of them
heeded that.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module

import django
from celery.__main__ import main as celery
from django.core.management import execute_from_command_line

PATIENCE = 30.0  # seconds that they have to end by themselves; a machine may be busy
MAINS: dict[str, Callable[[], None]] = {
    "manage.py": lambda: execute_from_command_line(sys.argv),
    "gunicorn": lambda: import_module("gunicorn.app.wsgiapp").run(),
    "celery": celery,
}
IMPORTED = (
    "celery.apps.beat", "celery.apps.worker", "celery.bin.celery", "config.celery", "config.urls", "gunicorn.app.wsgiapp",
    "gunicorn.workers.gthread",
    "kombu.transport.redis", "lines.management.commands.phone_network",
)  # fmt: skip


def main() -> int:
    gc.disable()
    django.setup()
    for module in IMPORTED:
        import_module(module)
    gc.freeze()
    gc.enable()
    born = [child_of(command) for command in json.loads(sys.stdin.readline())]
    sys.stdin.read()
    return end(born)


def child_of(command: list[str]) -> int:
    child = os.fork()
    if not child:
        live(command)
    return child


def live(command: list[str]) -> None:
    """The life of one of them. It ends with the process."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = command
    status = 1
    try:
        MAINS[command[0]]()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # the process ends here; the log tells why
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def end(born: list[int]) -> int:
    """How many had to be killed."""
    killed = set[int]()
    for child in born:
        os.kill(child, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    for child in born:
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                killed.add(child)
            time.sleep(0.02)
    return len(killed)


if __name__ == "__main__":
    sys.exit(main())
