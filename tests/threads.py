"""Threads of a test: each with a connection of its own, and what went wrong in one is raised in the test."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.db import connection

from conversations.models import Message


def in_background(work: Callable[[], object], count: int) -> Callable[[], None]:
    """Start `count` threads with connections of their own; returns what waits for them and raises what they raised."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()

    def join() -> None:
        for thread in threads:
            thread.join()
        assert not errors, errors

    return join


def in_threads(count: int, work: Callable[[], None]) -> None:
    """The same for threads that start together, until they have ended."""
    barrier = threading.Barrier(count)

    def together() -> None:
        barrier.wait()
        work()

    in_background(together, count)()


def wait_for(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, list(Message.objects.values_list("state", "hold").distinct())
        time.sleep(0.02)
