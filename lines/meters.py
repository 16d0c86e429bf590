"""Limits and their use as people read them: a line's meters, a plan's, and what is left for one more message."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone

from lines import quota
from lines.limits import Limit, Use, strictest
from lines.models import Line
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Meter:
    """One ceiling and what is used of it now."""

    label: str
    used: int
    ceiling: int
    note: str = ""

    @property
    def full(self) -> bool:
        return self.used >= self.ceiling


def meters_of(lines: Sequence[Line], now: datetime | None = None) -> dict[int, list[Meter]]:
    """The ceilings of each line with today's use, in two queries (S0-108). Lines come with their workspace."""
    now = now or timezone.now()
    use = quota.use_of(lines, now)
    return {line.pk: list(_meters(line, use[line.pk], now)) for line in lines}


def _meters(line: Line, used: Use, now: datetime) -> Iterator[Meter]:
    ceilings = quota.ceilings_of(line)
    most, limit = ceilings.new_on(quota.today(line, now))
    note = f"A young line: {line.ramp_step} more each day, up to {line.daily_new_limit}." if limit == Limit.RAMP else ""
    yield Meter("New conversations today", used.new_today, most, note)
    if ceilings.new_an_hour is not None:
        yield Meter("New conversations in the last hour", used.in_the_hour(now), ceilings.new_an_hour)
    if ceilings.total_a_day is not None:
        yield Meter("Messages today", used.total_today, ceilings.total_a_day)


@dataclass(frozen=True, slots=True)
class Room:
    """The limit that leaves a line the least, of its own and of its workspace's. `opens`: when, where nothing is left."""

    left: int
    ceiling: int
    of_what: str
    opens: datetime | None = None


_OF_WHAT: Final = {
    Limit.NEW_DAY: "new conversations are left today",
    Limit.NEW_HOUR: "new conversations are left of any sixty minutes",
    Limit.RAMP: "new conversations are left today for a line so young",
    Limit.TOTAL_DAY: "messages are left today",
    Limit.PLAN_NEW: "new conversations are left today for the whole workspace",
    Limit.PLAN_TOTAL: "messages are left today for the whole workspace",
}


def room_of(line: Line, *, new: bool, now: datetime | None = None) -> Room | None:
    """The strictest limit for one more message of the line, as the gate would name it; None where none applies.

    `new`: it would start a conversation. The line comes with its workspace.
    """
    now = now or timezone.now()
    ceilings, plan = quota.ceilings_of(line), quota.plan_of(line.workspace)
    used, plan_used = quota.use_of([line], now)[line.pk], quota.plan_use_of(line.workspace, now)
    if full := strictest(ceilings, used, plan, plan_used, now, new=new):
        return Room(0, full.ceiling, _OF_WHAT[full.limit], full.until)
    most, limit = ceilings.new_on(quota.today(line, now))
    of_new = [
        (limit, most, used.new_today),
        (Limit.NEW_HOUR, ceilings.new_an_hour, used.in_the_hour(now)),
        (Limit.PLAN_NEW, plan.new_a_day, plan_used.new_today),
    ]
    of_all = [
        (Limit.TOTAL_DAY, ceilings.total_a_day, used.total_today),
        (Limit.PLAN_TOTAL, plan.total_a_day, plan_used.total_today),
    ]
    asked = [*of_new, *of_all] if new else of_all
    rooms = [Room(most - taken, most, _OF_WHAT[limit]) for limit, most, taken in asked if most is not None]
    return min(rooms, key=lambda room: room.left, default=None)


def plan_meters(workspace: Workspace) -> list[Meter]:
    """The ceilings over all lines."""
    used, found = quota.plan_use_of(workspace, timezone.now()), []
    if workspace.plan_lines is not None:
        found.append(Meter("Lines", Line.objects.of(workspace).count(), workspace.plan_lines))
    if workspace.plan_new_a_day is not None:
        found.append(Meter("New conversations today, over all lines", used.new_today, workspace.plan_new_a_day))
    if workspace.plan_total_a_day is not None:
        found.append(Meter("Messages today, over all lines", used.total_today, workspace.plan_total_a_day))
    return found
