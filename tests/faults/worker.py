"""A worker process that dies at a named point: `python -m tests.faults.worker MODULE.FUNCTION before|after [NTH]`.

It works on campaigns, the outbox, the inbox and unknown outcomes as the real worker's tasks do, and kills itself with SIGKILL at
the NTH time it comes to the point. It ends by itself when the point is not reached within a few seconds; with "forever"
for a point it works until somebody else kills it.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import wraps
from pydoc import locate
from typing import Any

import django

PATIENCE = 45.0  # seconds; a machine may be busy


def break_at(path: str, when: str, nth: int) -> None:
    """Replace MODULE.FUNCTION (or MODULE.CLASS.METHOD) by one that dies."""
    owner_path, _, name = path.rpartition(".")
    owner = locate(owner_path)
    assert owner is not None, f"there is no {owner_path}"
    real, count = getattr(owner, name), 0

    @wraps(real)
    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        if when == "before" and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if when == "after" and count == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


def main(path: str, when: str = "before", nth: str = "1") -> None:
    django.setup()
    from conversations import catch_up, dispatch, ingest, reconcile, steps
    from lines.models import Line

    if path != "forever":
        break_at(path, when, int(nth))
    print("at work", flush=True)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end or path == "forever":
        steps.drain()
        dispatch.drain()
        reconcile.reconcile()
        for line in Line.objects.all():
            catch_up.catch_up(line.pk)
        ingest.apply_waiting()
    sys.exit("the point was not reached")


if __name__ == "__main__":
    main(*sys.argv[1:])
