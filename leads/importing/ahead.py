"""One item ahead: the next chunk is read and understood in a thread while the database works on this one."""

from __future__ import annotations

import gc
import sys
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

SWITCH: Final = 0.0005
"""Seconds for which the thread may keep the interpreter. Python's 5 ms are waited for at each answer of the database."""


def ahead(items: Iterator[T]) -> Generator[T, None, None]:
    """The items in their order. What making one raises is raised when its turn comes. At most one is held in advance.

    Meanwhile nobody looks for cycles: the search goes through ten thousand rows again and again, which are in none.
    """
    interval, collecting = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(SWITCH)
    gc.disable()
    try:
        with ThreadPoolExecutor(1, "ahead") as thread:
            coming = thread.submit(next, items, None)
            while (item := coming.result()) is not None:
                coming = thread.submit(next, items, None)
                yield item
    finally:
        sys.setswitchinterval(interval)
        if collecting:
            gc.enable()
