"""How fast messages leave through the whole core, beside the same sends with nothing but a claim around them.

The gateway is `lines.simulator.bare`, in a process of its own. All figures are of one process with the threads that a
worker has; another worker adds its own share.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import connection
from django.db.models import F, Max, Min
from django.utils import timezone

from conversations import dispatch, lanes
from conversations.models import Attempt, Conversation, Message
from conversations.vocabulary import Direction, Origin, State
from lines.gateways import http
from lines.gateways.base import OutboundMessage
from lines.models import Line
from lines.simulator import bare
from lines.wire import gateway_of
from workspaces.models import Workspace
from workspaces.secrets import seal

LINES: Final = 16
IN_FLIGHT: Final = 8  # per line
SCHEDULED: Final = 400
A_SECOND: Final = 50  # scheduled messages that become due; a rate that even a busy machine keeps up with
HANG_MS: Final = 4_000
SLOW_MS: Final = 50

_CLAIM: Final = """
UPDATE conversations_message SET state = 'sending' WHERE id IN (
    SELECT id FROM conversations_message WHERE line_id = ANY(%s) AND state = 'queued' ORDER BY run_at, id LIMIT %s
    FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id, line_id, address, body
"""
_DONE: Final = "UPDATE conversations_message SET state = 'sent', sent_at = now() WHERE id = ANY(%s)"


def dispatch_(rows: int = 3_000) -> dict[str, Any]:
    """Send `rows` messages: bare, through the core, one Celery task each; then scheduled ones, and past a hanging line."""
    workspace, _ = Workspace.objects.get_or_create(slug="bench-dispatch", defaults={"name": "Bench of dispatch"})
    _remove(workspace)
    networks, settings.GATEWAY_ALLOWED_NETWORKS = settings.GATEWAY_ALLOWED_NETWORKS, ("127.0.0.0/8",)
    try:
        with bare.running() as url:
            figures = _measure(workspace, url, rows)
    finally:
        settings.GATEWAY_ALLOWED_NETWORKS = networks
        http.close_connections()
        _remove(workspace)
    return figures


def _measure(workspace: Workspace, url: str, rows: int) -> dict[str, Any]:
    quick = _lines(workspace, f"{url}/0", LINES)
    _warm(quick)
    floors, cores = [], []
    for _ in range(2):  # in turn: what else the machine does meets both
        _write(workspace, quick, rows)
        floors.append(rows / _timed(lambda: _bare(quick)))
        _clear(workspace)
        _write(workspace, quick, rows)
        cores.append(rows / _timed(dispatch.drain))
        _clear(workspace)
    floor, core = max(floors), max(cores)
    celery = _celery(workspace, quick, rows)
    late = _lateness(workspace, quick)
    slow = _lines(workspace, f"{url}/{SLOW_MS}", LINES)
    _write(workspace, slow, rows)
    of_ideal = rows / _timed(dispatch.drain) / (lanes.IN_FLIGHT / (SLOW_MS / 1000))
    _clear(workspace)
    alone, beside = _past_a_hanging_line(workspace, url, quick, rows)
    return {
        "messages": rows,
        "lines": LINES,
        "threads": lanes.IN_FLIGHT,
        "bare_per_second": round(floor),
        "core_per_second": round(core),
        "core_of_bare": round(core / floor, 2),
        "celery_task_a_message_per_second": round(celery),
        "core_of_celery": round(core / celery, 1),
        "scheduled": SCHEDULED,
        "scheduled_due_per_second": A_SECOND,
        "lateness_p50_ms": round(late[len(late) // 2] * 1000, 1),
        "lateness_p99_ms": round(late[len(late) * 99 // 100] * 1000, 1),
        "lateness_max_ms": round(late[-1] * 1000, 1),
        f"of_ideal_at_{SLOW_MS}_ms": round(of_ideal, 2),
        "others_per_second_alone": round(alone),
        "others_per_second_beside_a_hanging_line": round(beside),
        "beside_of_alone": round(beside / alone, 2),
    }


def _bare(lines: list[Line]) -> None:
    """The same sends by as many threads, claimed and done by one plain statement each."""
    gateways = {line.pk: gateway_of(line) for line in lines}
    ids = list(gateways)

    def send(row: tuple[int, int, str, str]) -> int:
        pk, line, address, body = row
        gateways[line].send(OutboundMessage(key=str(uuid.uuid4()), to=address, text=body))
        return pk

    with ThreadPoolExecutor(lanes.IN_FLIGHT) as pool, connection.cursor() as cursor:
        while True:
            cursor.execute(_CLAIM, [ids, lanes.IN_FLIGHT])
            if not (claimed := cursor.fetchall()):
                return
            cursor.execute(_DONE, [list(pool.map(send, claimed))])


def _celery(workspace: Workspace, lines: list[Line], rows: int) -> float:
    """Messages a second of a worker with as many threads, from its first attempt to its last."""
    from conversations.benches_celery import QUEUE, send_one

    _write(workspace, lines, rows)
    for pk in Message.objects.of(workspace).values_list("pk", flat=True):
        send_one.delay(pk)
    command = [
        sys.executable, "-m", "celery", "-A", "conversations.benches_celery", "worker", "-P", "threads", "-Q", QUEUE,
        "-c", str(lanes.IN_FLIGHT), "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "error",
    ]  # fmt: skip
    worker = subprocess.Popen(command, cwd=Path(__file__).parent.parent)
    try:
        _until(lambda: not Message.objects.of(workspace).exclude(state=State.SENT).exists())
    finally:
        worker.terminate()
        worker.wait()
    span = Attempt.objects.of(workspace).aggregate(first=Min("started_at"), last=Max("finished_at"))
    _clear(workspace)
    return rows / float((span["last"] - span["first"]).total_seconds())


def _lateness(workspace: Workspace, lines: list[Line]) -> list[float]:
    """Seconds from the time a message was scheduled for to its attempt, in order. Beat rings every second, as it does."""
    begin = timezone.now() + timedelta(seconds=2)
    _write(workspace, lines, SCHEDULED, at=lambda n: begin + timedelta(seconds=n / A_SECOND))
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
    _clear(workspace)
    return found


def _past_a_hanging_line(workspace: Workspace, url: str, lines: list[Line], rows: int) -> tuple[float, float]:
    """Messages a second of the others: by themselves, and while one more line's gateway does not answer."""
    speeds = []
    (hanging,) = _lines(workspace, f"{url}/{HANG_MS}", 1)
    gateway_of(hanging).check()
    for also in ([], [hanging]):
        _write(workspace, lines, rows)
        if also:
            _write(workspace, also, IN_FLIGHT, offset=rows)
        thread = threading.Thread(target=_drain)
        begun = time.perf_counter()
        thread.start()
        others = Message.objects.of(workspace).filter(line__in=lines).exclude(state=State.SENT)
        _until(lambda: not others.exists())  # noqa: B023  asked before the next round
        speeds.append(rows / (time.perf_counter() - begun))
        thread.join()
        _clear(workspace)
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


def _warm(lines: list[Line]) -> None:
    """Their gateways are known to work, as those of connected lines are."""
    for line in lines:
        gateway_of(line).check()


def _lines(workspace: Workspace, url: str, count: int) -> list[Line]:
    made = Line.objects.of(workspace).count()
    return Line.objects.bulk_create(
        Line(
            workspace=workspace,
            name=f"Bench {made + n}",
            address=f"+1202556{made + n:04d}",
            server_url=f"{url}/{made + n}",
            sealed_secret=seal("bench"),
            sealed_webhook_token="",
            webhook_token_hash=f"bench-dispatch-{made + n}",
            status=Line.Status.ACTIVE,
            max_in_flight=IN_FLIGHT,
            daily_new_limit=10_000,
            hourly_new_limit=10_000,
            daily_total_limit=1_000_000,
            inbox_current_at=timezone.now() + timedelta(hours=1),
        )
        for n in range(count)
    )


def _write(workspace: Workspace, lines: list[Line], rows: int, *, at: Any = None, offset: int = 0) -> None:
    """Queued messages to as many people, in turn over the lines; due now, or `at` a time for each."""
    now = timezone.now()
    people = Conversation.objects.bulk_create(
        Conversation(workspace=workspace, address=f"+1303{offset + n:07d}", contact_name=f"Person {n}", line=lines[n % len(lines)])
        for n in range(rows)
    )
    Message.objects.bulk_create(
        Message(
            workspace=workspace,
            conversation=person,
            direction=Direction.OUTGOING,
            origin=Origin.PERSON,
            line=person.line,
            address=person.address,
            body="Hi, could I show you how others close their books in three days?",
            dedupe_key=f"bench:{uuid.uuid4()}",
            state=State.QUEUED,
            scheduled_at=at(n) if at else None,
            run_at=at(n) if at else now,
            at=now,
        )
        for n, person in enumerate(people)
    )


def _clear(workspace: Workspace) -> None:
    """What was sent; the lines stay, with nothing used."""
    with connection.cursor() as cursor:
        for table in ("attempt", "message", "conversation"):
            cursor.execute(f"DELETE FROM conversations_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608  our own names
        for table in ("lineday", "linehour"):
            cursor.execute(f"DELETE FROM lines_{table} WHERE workspace_id = %s", [workspace.pk])  # noqa: S608


def _remove(workspace: Workspace) -> None:
    _clear(workspace)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM lines_line WHERE workspace_id = %s", [workspace.pk])
