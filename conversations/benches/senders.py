"""Several processes that send together, for `bench dispatch`."""

from __future__ import annotations

import multiprocessing
import time
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


def together(count: int, work: Work) -> float:
    """Seconds in which `count` processes send all that is due, from the moment when all of them are ready."""
    context = multiprocessing.get_context("spawn")
    pairs = [context.Pipe() for _ in range(count)]
    processes = [context.Process(target=_drain, args=(there, work), daemon=True) for _, there in pairs]
    for process in processes:
        process.start()
    for here, _ in pairs:
        if not here.poll(_START_SECONDS):
            raise RuntimeError("a sender did not start")
        here.recv()
    begun = time.perf_counter()
    for here, _ in pairs:
        here.send("go")
    for here, _ in pairs:
        here.recv()
    took = time.perf_counter() - begun
    for process in processes:
        process.join()
    return took


def _drain(bench: Connection, work: Work) -> None:
    if not apps.ready:
        django.setup()
    from conversations.benches import plain, queued
    from conversations.sending import dispatch
    from lines.models import Line
    from workspaces.models import Workspace

    settings.GATEWAY_ALLOWED_NETWORKS = ("127.0.0.0/8",)
    bench.send("ready")
    bench.recv()
    if work == Work.CORE:
        dispatch.drain()
    else:
        plain.send_all(list(Line.objects.of(Workspace.objects.get(slug=queued.SLUG))))
    bench.send("done")
