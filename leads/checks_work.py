"""Doing what waits: claim, ask the gateways, record; until nothing can be asked right now.

The doorbell may be rung by anyone, any number of times: one drain runs per process, and processes share the work
through the claims. A line that hangs holds its own thread and nobody else.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import timedelta
from typing import Final

import structlog
from django.db.models import Exists, OuterRef
from django.utils import timezone

from leads import checks, checks_claim, checks_record
from leads.checks_claim import Ask, Batch
from leads.checks_record import Freed, Result
from leads.models import CheckItem, CheckPace
from lines.gateways.base import Capability, GatewayError, InvalidRequest, NotSupported, Reason
from lines.models import Line
from lines.wire import gateway_of
from workspaces.models import Workspace
from workspaces.secrets import SecretUnreadable

log = structlog.get_logger(__name__)

LINES_AT_ONCE: Final = 64

LINGER: Final = 2.0
"""Seconds a drain waits for a line whose spacing is about to pass, rather than for the next ring."""

LOOK_AGAIN: Final = 0.25
"""Seconds after which a drain that waits for slow gateways looks for lines whose spacing has passed."""

MOMENT: Final = 0.02
"""Seconds in which answers are gathered, so that many lines are written down together."""

GONE_FOR: Final = timedelta(seconds=60)
"""Lines that are away for a shorter time do not end what waits for them."""

PATIENCE: Final = timedelta(minutes=2)
"""How long somebody who waits before the screen is kept waiting (S3-28)."""

_draining = threading.Lock()
_rung = threading.Event()
_closing = threading.Event()


def ring() -> None:
    """Drain unless this process does so already; a ring during a drain is not lost."""
    _rung.set()
    while _rung.is_set() and not _closing.is_set() and _draining.acquire(blocking=False):
        try:
            _rung.clear()
            drain()
        finally:
            _draining.release()


def close() -> None:
    """The process is asked to end: claim nothing more, write down what is being asked."""
    _closing.set()


def drain() -> int:
    """Ask about all that can be asked now; the number of askings."""
    sweep()
    if not CheckItem.objects.filter(state=CheckItem.State.QUEUED).exists():
        return 0
    checks_claim.know_lines()
    asked = 0
    running: set[Future[Asked]] = set()
    with ThreadPoolExecutor(LINES_AT_ONCE, thread_name_prefix="check") as pool:
        while True:
            room = 0 if _closing.is_set() else LINES_AT_ONCE - len(running)
            batches = checks_claim.claim(room) if room else []
            running |= {pool.submit(ask, batch) for batch in batches}
            asked += sum(len(batch.asks) for batch in batches)
            if not running:
                if (pause := _pause()) is None or _closing.wait(pause):
                    return asked
            elif not batches:
                running = _gather(running)


def _pause() -> float | None:
    """Seconds until a line may ask again, where that is soon; None when there is nothing to wait for."""
    now = timezone.now()
    waiting = CheckItem.objects.filter(workspace_id=OuterRef("workspace_id"), state=CheckItem.State.QUEUED)
    soon = CheckPace.objects.filter(Exists(waiting.filter(run_at__lte=now)), line__status__in=Line.SENDING)
    soon = soon.filter(next_at__gt=now, next_at__lte=now + timedelta(seconds=LINGER))
    first = soon.order_by("next_at").values_list("next_at", flat=True).first()
    return max((first - now).total_seconds(), 0.001) if first else None


def _gather(running: set[Future[Asked]]) -> set[Future[Asked]]:
    """Write down the answers of lines that have finished their batch; the lines that have not."""
    done, _ = wait(running, timeout=LOOK_AGAIN, return_when=FIRST_COMPLETED)
    if done and len(running) > 1:
        time.sleep(MOMENT)
        done |= {future for future in running if future.done()}
    finish([future.result() for future in done])
    return running - done


class Asked:
    """What a batch brought: answers, and how the line did."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.results: list[Result] = []
        self.in_order = True
        self.last_began = time.monotonic()


def ask(batch: Batch) -> Asked:
    """Ask the batch's addresses one after another. A line that cannot be asked is left alone for the rest of it."""
    asked = Asked(batch)
    for one in batch.asks:
        asked.last_began = time.monotonic()
        result = _ask(batch, one)
        asked.results.append(result)
        if result.line_fault:
            asked.in_order = False
            break
    return asked


def finish(done: list[Asked]) -> None:
    """Record the answers, give back what was not asked, and free the lines."""
    for asked in done:
        batch, results = asked.batch, asked.results
        for left in batch.asks[len(results) :]:
            give_back(left, batch)
    checks_record.record([result for asked in done for result in asked.results])
    checks_record.free_lines(
        [
            Freed(
                asked.batch.line,
                asked.batch.lease,
                since_asked=time.monotonic() - asked.last_began,
                unasked=len(asked.batch.asks) - len(asked.results),
                in_order=asked.in_order,
            )
            for asked in done
        ]
    )


def give_back(one: Ask, batch: Batch) -> None:
    claimed = CheckItem.objects.filter(pk=one.item_id, state=CheckItem.State.ASKING, lease_until=batch.lease)
    claimed.update(state=CheckItem.State.QUEUED, lease_until=None)


def _ask(batch: Batch, one: Ask) -> Result:
    def answer(verdict: checks_record.Verdict, reason: str = "", *, line_fault: bool = False) -> Result:
        return Result(one.item_id, batch.lease, one.address, verdict, reason, line_fault)

    try:
        gateway = gateway_of(batch.line)
        if Capability.AVAILABILITY not in gateway.capabilities:
            return answer("error", f"{batch.line} cannot check availability.", line_fault=True)
        found = gateway.availability(one.address)
    except InvalidRequest as error:
        return answer("error", f"The address cannot be checked: it {error.message}.")
    except GatewayError as error:
        fault = error.failure.reason == Reason.LINE_ISSUE
        return answer("error", f"{batch.line}: {error.failure.detail or error.failure.vendor_code}", line_fault=fault)
    except (NotSupported, SecretUnreadable) as error:
        return answer("error", f"{batch.line}: {error}", line_fault=True)
    except Exception:
        log.exception("check_broke_off", line=batch.line.public_id)
        return answer("error", f"{batch.line}: the check broke off.", line_fault=True)
    if found.verdict == "available":
        return answer("available")
    if found.verdict == "unavailable":
        return answer("unavailable" if found.confident else "doubtful")
    return answer("error", f"{batch.line} could not tell whether the address has iMessage.")


def check_now(item_id: int, seconds: float) -> CheckItem:
    """See an item through in this thread, or watch a worker do it; after `seconds` it is returned as it stands."""
    end = time.monotonic() + seconds
    checks_claim.know_lines()
    while True:
        item = CheckItem.objects.select_related("lead").get(pk=item_id)
        if item.state not in CheckItem.OPEN or time.monotonic() >= end:
            return item
        if item.state == CheckItem.State.QUEUED and (batches := checks_claim.claim(1, item_id=item.pk)):
            finish([ask(batch) for batch in batches])
        else:
            time.sleep(0.05)


# -- what time does --------------------------------------------------------------------------------------------------------------


def sweep() -> None:
    """End what cannot go on: lost claims, work of workspaces without a line, and what somebody has waited for too long."""
    checks_record.end_lost()
    for workspace in _waiting():
        if not checks.active_lines(workspace.pk) and not _just_gone(workspace):
            checks.end_without_line(workspace.pk)
    overdue = CheckItem.objects.filter(state=CheckItem.State.QUEUED, priority=CheckItem.Priority.NOW, run__total=1)
    for item in overdue.filter(created_at__lt=timezone.now() - PATIENCE).select_related("workspace")[:100]:
        checks_record.end(item.pk, why_it_waits(item.workspace))


def _waiting() -> Iterator[Workspace]:
    items = CheckItem.objects.filter(workspace_id=OuterRef("pk"), state=CheckItem.State.QUEUED)
    yield from Workspace.objects.filter(Exists(items))


def _just_gone(workspace: Workspace) -> bool:
    since = timezone.now() - GONE_FOR
    away = Line.objects.of(workspace).filter(kind=Line.Kind.IMESSAGE, status=Line.Status.DISCONNECTED)
    return away.filter(status_at__gt=since).exists()


def why_it_waits(workspace: Workspace) -> str:
    """Why a check that should have been made was not, in words."""
    lines = checks.active_lines(workspace.pk)
    if not lines:
        return "No line is connected. Configure a line first."
    today = timezone.now().astimezone(workspace.zone).date()
    used = dict(CheckPace.objects.of(workspace).filter(line__in=lines, day=today).values_list("line", "used"))
    if all(used.get(line.pk, 0) >= line.daily_check_limit for line in lines):
        return "Today’s availability checks of every line are used up. Raise a line’s limit, or check again tomorrow."
    return "No line came to it in time. Check it again; if it happens again, look at the line’s server."
