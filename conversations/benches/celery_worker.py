"""How fast a Celery worker sends one task a message, for `bench dispatch`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.db.models import Max, Min

from conversations.benches import queued
from conversations.benches.lateness import until
from conversations.models import Attempt, Message
from conversations.vocabulary import State
from lines.models import Line
from workspaces.models import Workspace

THREADS: Final = 64  # each with a connection; more would not make it faster, and the database has a hundred


def per_second(workspace: Workspace, lines: list[Line], rows: int) -> float:
    """Messages a second of a worker with THREADS, from its first attempt to its last."""
    from conversations.benches.celery_tasks import QUEUE, send_one

    queued.write(workspace, lines, rows)
    for pk in Message.objects.of(workspace).values_list("pk", flat=True):
        send_one.delay(pk)
    command = [
        sys.executable, "-m", "celery", "-A", "conversations.benches.celery_tasks", "worker", "-P", "threads", "-Q", QUEUE,
        "-c", str(THREADS), "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error",
    ]  # fmt: skip
    pooled = {**os.environ, "DATABASE_POOL_SIZE": str(THREADS)}  # as the product's own worker has it
    beside = sys.stderr.fileno()  # standard output is for the figures
    worker = subprocess.Popen(command, cwd=Path(__file__).parents[2], env=pooled, stdout=beside)
    try:
        until(lambda: worker.poll() is not None or not Message.objects.of(workspace).exclude(state=State.SENT).exists())
        if worker.poll() is not None:
            raise RuntimeError("The Celery worker that the core is measured against has ended; what it said stands above.")
    finally:
        worker.terminate()
        worker.wait()
    span = Attempt.objects.of(workspace).aggregate(first=Min("started_at"), last=Max("finished_at"))
    queued.clear(workspace)
    return rows / float((span["last"] - span["first"]).total_seconds())
