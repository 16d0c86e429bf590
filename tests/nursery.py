"""Worker processes for tests, forked from one process that has imported the product: `python -m tests.nursery`.

Importing takes longer than most of what such a worker does before it is killed. The process they come from has one thread, no
database connection and no gateway, so that each begins as a fresh one would. Orders and answers are lines of JSON:

    {"work": MODULE.FUNCTION, "arguments": [...], "point": [MODULE.FUNCTION, "before"|"after", NTH] or null,
     "settings": {NAME: VALUE}, "output": FILE}  ->  the process id
    {"wait": ID}                                ->  its exit status, negative for a signal
"""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import traceback
from functools import wraps
from importlib import import_module
from itertools import count
from pydoc import locate
from typing import Any

import django

WORKERS = ("tests.faults.worker", "tests.leads.checking", "tests.leads.importing.worker", "tests.conversations.work.worker")
RINGING = ("celery.app.amqp", "celery.app.events", "celery.backends.base", "kombu.transport.redis")
"""What Celery imports with the first nudge that is sent."""

PATIENCE = 60  # seconds that a worker may take; a machine may be busy


def main() -> None:
    django.setup()
    for module in (*WORKERS, *RINGING):  # so that the children have them
        import_module(module)

    gc.freeze()
    for line in sys.stdin:
        order = json.loads(line)
        print(ended(order["wait"]) if "wait" in order else born(order), flush=True)


def born(order: dict[str, Any]) -> int:
    child = os.fork()
    if not child:
        live(order)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def live(order: dict[str, Any]) -> None:
    """The life of a worker. It ends with the process."""
    signal.alarm(PATIENCE)
    output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, standard in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(ours, standard)
    status = 1
    try:
        from django.conf import settings

        for name, value in order["settings"].items():
            setattr(settings, name, value)
        if order["point"]:
            break_at(*order["point"])
        work: Any = locate(order["work"])
        work(*order["arguments"])
        print("the point was not reached", flush=True)
    except BaseException:  # the process ends here; its output tells why
        traceback.print_exc()
    finally:
        os._exit(status)


def break_at(path: str, when: str, nth: int) -> None:
    """Replace MODULE.FUNCTION (or MODULE.CLASS.METHOD) by one that dies."""
    owner_path, _, name = path.rpartition(".")
    owner = locate(owner_path)
    assert owner is not None, f"there is no {owner_path}"
    real, calls = getattr(owner, name), count(1)

    @wraps(real)
    def dying(*args: Any, **kwargs: Any) -> Any:
        here = next(calls) == nth  # each call is counted for itself: several threads may be in it at once
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if here and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


if __name__ == "__main__":
    main()
