"""When a check of many leads will be done, under the limits of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, Q
from django.utils import timezone

from leads.checks.starting import active_lines
from leads.models import Address, CheckItem, CheckPace, CheckRun
from lines.models import Line
from workspaces.models import Workspace

FASTEST: Final = 0.3
"""Seconds that one asking takes at the least, whatever the spacing."""

FARTHEST: Final = 3660
"""Days after which we no longer say when."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What one line may still ask: `left` today, `limit` on every later day, one each `spacing` seconds.

    It begins after `rests` seconds: a line that did not answer lately is left alone for a while.
    """

    left: int
    limit: int
    spacing: float
    rests: float = 0.0

    def within(self, seconds: float, allowance: int) -> int:
        asks_for = seconds - self.rests
        return min(allowance, int(asks_for / self.spacing) + 1) if asks_for >= 0 else 0


@dataclass(frozen=True, slots=True)
class Finish:
    """Between when and when a run is done: if every lead's first address has iMessage, and if none has."""

    earliest: datetime
    latest: datetime

    @property
    def within_a_minute(self) -> bool:
        return self.latest - timezone.now() < timedelta(minutes=1)

    @property
    def same_minute(self) -> bool:
        return self.earliest.replace(second=0, microsecond=0) == self.latest.replace(second=0, microsecond=0)


def finish(run: CheckRun, now: datetime | None = None) -> Finish | None:
    """None when no active line may ask at all, or nothing is left to do."""
    now = now or timezone.now()
    workspace = run.workspace
    fewest, most = _askings(run)
    budgets = budgets_of(workspace, now)
    if not fewest or not any(budget.limit for budget in budgets):
        return None
    return Finish(when_done(fewest, budgets, now, workspace.zone), when_done(most, budgets, now, workspace.zone))


def _askings(run: CheckRun) -> tuple[int, int]:
    """The fewest and the most askings until the run is done, with what stands before it in the queue."""
    mine = CheckItem.objects.filter(run=run, state__in=CheckItem.OPEN)
    last = mine.order_by("-priority", "-pk").values("priority", "pk").first()
    if last is None:
        return 0, 0
    ahead = Q(priority__lt=last["priority"]) | Q(priority=last["priority"], pk__lte=last["pk"])
    items = CheckItem.objects.of(run.workspace).filter(ahead, state__in=CheckItem.OPEN)
    addresses = Address.objects.of(run.workspace).filter(lead__in=items.values("lead")).count()
    waiting = items.aggregate(leads=Count("pk"), bare=Count("pk", filter=Q(lead=None)))
    return waiting["leads"], max(waiting["leads"], 2 * (addresses + waiting["bare"]))


def budgets_of(workspace: Workspace, now: datetime) -> list[Budget]:
    lines = active_lines(workspace.pk)
    today = now.astimezone(workspace.zone).date()
    paces = {pace.line_id: pace for pace in CheckPace.objects.of(workspace).filter(line__in=lines)}
    return [_budget(line, paces.get(line.pk), today, now) for line in lines]


def _budget(line: Line, pace: CheckPace | None, today: date, now: datetime) -> Budget:
    used = pace.used if pace and pace.day == today else 0
    rests = max(0.0, (pace.next_at - now).total_seconds()) if pace else 0.0
    return Budget(max(0, line.daily_check_limit - used), line.daily_check_limit, max(line.check_spacing, FASTEST), rests)


def when_done(askings: int, budgets: Sequence[Budget], now: datetime, zone: ZoneInfo) -> datetime:
    """When lines that share the work have asked `askings` times. At least one budget has a limit above 0.

    1. What is left of today, then whole days.
    2. Within the last day, the first second by which all of it is asked.
    """
    left, day, begins = askings, now.astimezone(zone).date(), now
    allowances = [budget.left for budget in budgets]
    for _ in range(FARTHEST):
        ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
        room = (ends - begins).total_seconds()
        if left <= (possible := _asked(budgets, allowances, room)):
            return begins + timedelta(seconds=_seconds(left, budgets, allowances, room))
        left, day, begins = left - possible, _next(day), ends
        allowances, budgets = [budget.limit for budget in budgets], [replace(budget, rests=0.0) for budget in budgets]
    return begins


def _next(day: date) -> date:
    return day + timedelta(days=1)


def _asked(budgets: Sequence[Budget], allowances: Sequence[int], seconds: float) -> int:
    return sum(budget.within(seconds, allowance) for budget, allowance in zip(budgets, allowances, strict=True))


def _seconds(askings: int, budgets: Sequence[Budget], allowances: Sequence[int], room: float) -> float:
    """The fewest seconds in which that many are asked, to a tenth."""
    low, high = 0.0, room
    while high - low > 0.1:
        middle = (low + high) / 2
        if _asked(budgets, allowances, middle) >= askings:
            high = middle
        else:
            low = middle
    return high
