"""Several processes that send together, for `bench dispatch`."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from multiprocessing.connection import Connection
from typing import Final

import django
from django.apps import apps
from django.conf import settings

_START_SECONDS: Final = 60


class Work(StrEnum):
    CORE = "core"
    BARE = "bare"
    RING = "ring"  # send what becomes due, rung every second as beat does, until told to end


def together(count: int, work: Work) -> float:
    """Seconds in which `count` processes send all that is due, from the moment when all of them are ready."""
    with _started(count, work) as processes:
        begun = time.perf_counter()
        for process in processes:
            process.send("go")
        for process in processes:
            process.recv()
        return time.perf_counter() - begun


@contextmanager
def ringing(count: int) -> Iterator[None]:
    """`count` processes send what becomes due inside the block."""
    with _started(count, Work.RING) as processes:
        for process in processes:
            process.send("go")
        yield
        for process in processes:
            process.send("end")


@contextmanager
def _started(count: int, work: Work) -> Iterator[list[Connection]]:
    """What speaks to as many processes, all of them ready."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    processes = [context.Process(target=_send, args=(there, work), daemon=True) for _, there in pairs]
    for process in processes:
        process.start()
    for here, _ in pairs:
        if not here.poll(_START_SECONDS):
            raise RuntimeError("a sender did not start")
        here.recv()
    yield [here for here, _ in pairs]
    for process in processes:
        process.join()


def _send(bench: Connection, work: Work) -> None:
    if not apps.ready:
        django.setup()
    from conversations.benches import plain, queued
    from conversations.sending import dispatch
    from lines.models import Line
    from workspaces.models import Workspace

    settings.GATEWAY_ALLOWED_NETWORKS = ("127.0.0.0/8",)
    lines = list(Line.objects.of(Workspace.objects.get(slug=queued.SLUG)))
    queued.warm(lines)
    bench.send("ready")
    bench.recv()
    match work:
        case Work.CORE:
            dispatch.drain()
        case Work.BARE:
            plain.send_all(lines)
        case Work.RING:
            while not bench.poll(1.0):
                dispatch.ring()
    bench.send("done")
