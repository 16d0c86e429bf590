"""How fast messages leave through the whole core, beside the same sends with nothing but a claim around them.

The gateway is `lines.simulator.bare`, in a process of its own. All figures are of one process, but those of SENDERS: as many
processes that send together, through the core and bare.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, Min
from django.utils import timezone

from conversations.benches import plain, queued, senders
from conversations.models import Attempt, Message
from conversations.sending import dispatch, lanes
from conversations.vocabulary import State
from lines.gateways import http
from lines.models import Line
from lines.simulator import bare
from lines.wire import gateway_of
from workspaces.models import Workspace

LINES: Final = 16
RATES: Final = (50, 200, 500, 1_000)  # scheduled messages that become due in a second; a busy machine keeps up with the first
FOR_SECONDS: Final = 4
HANG_MS: Final = 4_000
SLOW_MS: Final = (50, 100, 200)
SENDERS: Final = 3
CELERY_THREADS: Final = 64  # each with a connection; more would not make it faster, and the database has a hundred


def dispatch_(rows: int = 3_000) -> dict[str, Any]:
    """Send `rows` messages: bare, through the core, one Celery task each; then scheduled ones, and past a hanging line."""
    workspace, _ = Workspace.objects.get_or_create(slug=queued.SLUG, defaults={"name": "Bench of dispatch"})
    queued.remove(workspace)
    networks, settings.GATEWAY_ALLOWED_NETWORKS = settings.GATEWAY_ALLOWED_NETWORKS, ("127.0.0.0/8",)
    try:
        with bare.running() as url:
            figures = _measure(workspace, url, rows)
    finally:
        settings.GATEWAY_ALLOWED_NETWORKS = networks
        http.close_connections()
        queued.remove(workspace)
    return figures


def _measure(workspace: Workspace, url: str, rows: int) -> dict[str, Any]:
    quick = queued.lines_at(workspace, f"{url}/0", LINES)
    queued.warm(quick)
    floors, cores, processor = [], [], []
    for _ in range(2):  # in turn: what else the machine does meets both
        queued.write(workspace, quick, rows)
        floors.append(rows / _timed(lambda: plain.send_all(quick)))
        queued.clear(workspace)
        queued.write(workspace, quick, rows)
        cpu = time.process_time()
        cores.append(rows / _timed(dispatch.drain))
        processor.append(1000 * (time.process_time() - cpu) / rows)
        queued.clear(workspace)
    floor, core = max(floors), max(cores)
    celery = _celery(workspace, quick, rows)
    late = {rate: _lateness(workspace, quick, rate) for rate in RATES}
    of_ideal = {ms: _of_ideal(workspace, url, rows, ms) for ms in SLOW_MS}
    together = {}
    for work in senders.Work:
        queued.write(workspace, quick, 2 * rows)
        together[work] = 2 * rows / senders.together(SENDERS, work)
        queued.clear(workspace)
    alone, beside = _past_a_hanging_line(workspace, url, quick, rows)
    return {
        "messages": rows,
        "lines": LINES,
        "threads": lanes.IN_FLIGHT,
        "bare_per_second": round(floor),
        "core_per_second": round(core),
        "core_of_bare": round(core / floor, 2),
        "core_cpu_ms_a_message": round(min(processor), 2),
        "celery_task_a_message_per_second": round(celery),
        "core_of_celery": round(core / celery, 1),
        **{f"lateness_p50_ms_at_{rate}_a_second": round(found[len(found) // 2] * 1000, 1) for rate, found in late.items()},
        **{f"lateness_p99_ms_at_{rate}_a_second": round(found[len(found) * 99 // 100] * 1000, 1) for rate, found in late.items()},
        **{f"of_ideal_at_{ms}_ms": round(share, 2) for ms, share in of_ideal.items()},
        "senders": SENDERS,
        "senders_per_second": round(together[senders.Work.CORE]),
        "senders_bare_per_second": round(together[senders.Work.BARE]),
        "senders_of_one": round(together[senders.Work.CORE] / core, 2),
        "others_per_second_alone": round(alone),
        "others_per_second_beside_a_hanging_line": round(beside),
        "beside_of_alone": round(beside / alone, 2),
    }


def _of_ideal(workspace: Workspace, url: str, rows: int, ms: int) -> float:
    """Of the messages that as many sends at once could make by a gateway of `ms` milliseconds, how many we make."""
    slow = queued.lines_at(workspace, f"{url}/{ms}", LINES)
    queued.warm(slow)
    queued.write(workspace, slow, LINES)
    dispatch.drain()  # their paces are known, as those of lines at work
    queued.write(workspace, slow, rows, offset=LINES)
    took = _timed(dispatch.drain)
    queued.clear(workspace)
    return rows / took / (min(lanes.IN_FLIGHT, LINES * queued.IN_FLIGHT) / (ms / 1000))


def _celery(workspace: Workspace, lines: list[Line], rows: int) -> float:
    """Messages a second of a worker with CELERY_THREADS, from its first attempt to its last."""
    from conversations.benches.celery_tasks import QUEUE, send_one

    queued.write(workspace, lines, rows)
    for pk in Message.objects.of(workspace).values_list("pk", flat=True):
        send_one.delay(pk)
    command = [
        sys.executable, "-m", "celery", "-A", "conversations.benches.celery_tasks", "worker", "-P", "threads", "-Q", QUEUE,
        "-c", str(CELERY_THREADS), "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error",
    ]  # fmt: skip
    pooled = {**os.environ, "DATABASE_POOL_SIZE": str(CELERY_THREADS)}  # as the product's own worker has it
    beside = sys.stderr.fileno()  # standard output is for the figures
    worker = subprocess.Popen(command, cwd=Path(__file__).parents[2], env=pooled, stdout=beside)
    try:
        _until(lambda: worker.poll() is not None or not Message.objects.of(workspace).exclude(state=State.SENT).exists())
        if worker.poll() is not None:
            raise RuntimeError("The Celery worker that the core is measured against has ended; what it said stands above.")
    finally:
        worker.terminate()
        worker.wait()
    span = Attempt.objects.of(workspace).aggregate(first=Min("started_at"), last=Max("finished_at"))
    queued.clear(workspace)
    return rows / float((span["last"] - span["first"]).total_seconds())


def _lateness(workspace: Workspace, lines: list[Line], rate: int) -> list[float]:
    """Seconds from the time a message was scheduled for to its attempt, in order. Beat rings every second, as it does."""
    begin = timezone.now() + timedelta(seconds=2 + rate / 200)  # they are written before the first of them is due
    queued.write(workspace, lines, rate * FOR_SECONDS, at=lambda n: begin + timedelta(seconds=n / rate))
    end = threading.Event()

    def beat() -> None:
        while not end.wait(1.0):
            dispatch.ring()
        connection.close()

    thread = threading.Thread(target=beat)
    thread.start()
    try:
        _until(lambda: not Message.objects.of(workspace).exclude(state=State.SENT).exists())
    finally:
        end.set()
        thread.join()
    attempts = Attempt.objects.of(workspace).annotate(late=F("started_at") - F("message__scheduled_at"))
    found = sorted(late.total_seconds() for late in attempts.values_list("late", flat=True))
    queued.clear(workspace)
    return found


def _past_a_hanging_line(workspace: Workspace, url: str, lines: list[Line], rows: int) -> tuple[float, float]:
    """Messages a second of the others: by themselves, and while one more line's gateway does not answer."""
    speeds = []
    (hanging,) = queued.lines_at(workspace, f"{url}/{HANG_MS}", 1)
    gateway_of(hanging).check()
    for also in ([], [hanging]):
        queued.write(workspace, lines, rows)
        if also:
            queued.write(workspace, also, queued.IN_FLIGHT, offset=rows)
        thread = threading.Thread(target=_drain)
        begun = time.perf_counter()
        thread.start()
        others = Message.objects.of(workspace).filter(line__in=lines).exclude(state=State.SENT)
        _until(lambda: not others.exists())  # noqa: B023  asked before the next round
        speeds.append(rows / (time.perf_counter() - begun))
        thread.join()
        queued.clear(workspace)
    return speeds[0], speeds[1]


def _drain() -> None:
    dispatch.drain()
    connection.close()


def _timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def _until(true: Any) -> None:
    while not true():
        time.sleep(0.01)
