"""How fast messages leave through the whole core, beside the same sends with nothing but a claim around them.

The gateway is `lines.simulator.bare`, in a process of its own. One process sends, except for the figures named `senders…`, for
which SENDERS processes send together.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.db import connection

from conversations.benches import celery_worker, lateness, plain, queued, senders
from conversations.benches.lateness import until
from conversations.models import Message
from conversations.sending import dispatch, slots
from conversations.vocabulary import State
from lines.gateways import http
from lines.models import Line
from lines.simulator import bare
from lines.wire import gateway_of
from workspaces.models import Workspace

LINES: Final = 16
RATES: Final = (50, 200, 500, 1_000)  # scheduled messages that become due in a second; a busy machine keeps up with the first
MANY: Final = RATES[-1]  # is asked of SENDERS too
SLOW: Final = ((50, 32), (100, 64), (200, 96), (50, 96), (100, 96))  # a gateway's milliseconds, sends at once
HANG_MS: Final = 4_000
SENDERS: Final = 3


def dispatch_(rows: int = 3_000) -> dict[str, Any]:
    """Send `rows` messages: bare, through the core, one Celery task each; then scheduled ones, and past a hanging line."""
    workspace, _ = Workspace.objects.get_or_create(slug=queued.SLUG, defaults={"name": "Bench of dispatch"})
    queued.remove(workspace)
    networks, settings.GATEWAY_ALLOWED_NETWORKS = settings.GATEWAY_ALLOWED_NETWORKS, ("127.0.0.0/8",)
    try:
        with bare.running() as url:
            quick = queued.lines_at(workspace, f"{url}/0", LINES)
            queued.warm(quick)
            return {
                "messages": rows,
                "lines": LINES,
                "threads": slots.IN_FLIGHT,
                **_one_process(workspace, quick, rows),
                **_lateness(workspace, quick),
                **_of_ideal(workspace, url, rows),
                **_several(workspace, quick, rows),
                **_past_a_hanging_line(workspace, url, quick, rows),
            }
    finally:
        settings.GATEWAY_ALLOWED_NETWORKS = networks
        http.close_connections()
        queued.remove(workspace)


def _one_process(workspace: Workspace, lines: list[Line], rows: int) -> dict[str, float]:
    """The core beside its floor and beside one Celery task a message."""
    floors, cores, processor = [], [], []
    for _ in range(2):  # in turn: what else the machine does meets both
        queued.write(workspace, lines, rows)
        floors.append(rows / _timed(lambda: plain.send_all(lines)))
        queued.clear(workspace)
        queued.write(workspace, lines, rows)
        cpu = time.process_time()
        cores.append(rows / _timed(dispatch.drain))
        processor.append(1000 * (time.process_time() - cpu) / rows)
        queued.clear(workspace)
    floor, core = max(floors), max(cores)
    celery = celery_worker.per_second(workspace, lines, rows)
    return {
        "bare_per_second": round(floor),
        "core_per_second": round(core),
        "core_of_bare": round(core / floor, 2),
        "core_cpu_ms_a_message": round(min(processor), 2),
        "celery_task_a_message_per_second": round(celery),
        "core_of_celery": round(core / celery, 1),
    }


def _lateness(workspace: Workspace, lines: list[Line]) -> dict[str, float]:
    late = {f"{rate}_a_second": lateness.lateness(workspace, lines, rate) for rate in RATES}
    late[f"{MANY}_a_second_of_{SENDERS}_senders"] = lateness.lateness(workspace, lines, MANY, SENDERS)
    return {f"lateness_{name}_ms_at_{rate}": lateness.at(share, found)
            for name, share in (("p50", 0.5), ("p99", 0.99)) for rate, found in late.items()}  # fmt: skip


def _of_ideal(workspace: Workspace, url: str, rows: int) -> dict[str, float]:
    """The share that we reach of the messages a second that so many sends at once could make at a gateway of `ms` milliseconds."""
    shares = {}
    for ms, at_once in SLOW:
        slow = queued.lines_at(workspace, f"{url}/{ms}", at_once // queued.IN_FLIGHT)
        queued.warm(slow)
        queued.write(workspace, slow, len(slow))
        dispatch.drain()  # their paces are known, as those of lines at work
        queued.write(workspace, slow, rows, offset=len(slow))
        took = _timed(dispatch.drain)
        queued.clear(workspace)
        shares[f"of_ideal_at_{ms}_ms_and_{at_once}_at_once"] = round(rows / took / (at_once / (ms / 1000)), 2)
    return shares


def _several(workspace: Workspace, lines: list[Line], rows: int) -> dict[str, float]:
    """Processes that send together, through the core and bare."""
    per_second = {}
    for work in (senders.Work.CORE, senders.Work.BARE):
        queued.write(workspace, lines, 2 * rows)
        per_second[work] = 2 * rows / senders.together(SENDERS, work)
        queued.clear(workspace)
    core, floor = per_second[senders.Work.CORE], per_second[senders.Work.BARE]
    return {
        "senders": SENDERS,
        "senders_per_second": round(core),
        "senders_bare_per_second": round(floor),
        "senders_of_bare": round(core / floor, 2),
    }


def _past_a_hanging_line(workspace: Workspace, url: str, lines: list[Line], rows: int) -> dict[str, float]:
    """Messages a second of healthy lines: by themselves, and while the gateway of one more line does not answer."""
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
        until(lambda: not others.exists())  # noqa: B023  asked before the next round
        speeds.append(rows / (time.perf_counter() - begun))
        thread.join()
        queued.clear(workspace)
    alone, beside = speeds
    return {
        "others_per_second_alone": round(alone),
        "others_per_second_beside_a_hanging_line": round(beside),
        "beside_of_alone": round(beside / alone, 2),
    }


def _drain() -> None:
    dispatch.drain()
    connection.close()


def _timed(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
