"""The launch plan: who will be written to, over which line, on which days, and when it is done, before anything leaves.

It asks the functions that the gate asks (`lines.limits`, `leads.windows`, `conversations.sending.choosing`), so it promises what
will happen: where nothing changes meanwhile, those it calls sendable are those that are sent to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from conversations.campaigning.planned_lines import Openings, planned_lines
from conversations.sending import hours
from conversations.sending.choosing import choose_lines
from conversations.sending.new_conversations import new_among
from leads.windows import Window
from lines import quota
from lines.models import Line
from lines.planned import Job, PlannedLine, Sent
from lines.simulation import simulate
from workspaces.models import Workspace

OPTED_OUT: Final = "opted_out"
EXCLUDED: Final = "excluded"
NO_ADDRESS: Final = "no_address"
ASKED_REMOVAL: Final = "asked_removal"
NO_LINE: Final = "no_line"
ELSEWHERE: Final = "elsewhere"
MISSING_FIELDS: Final = "missing_fields"

SKIPPED: Final[dict[str, str]] = {
    OPTED_OUT: "Opted out",
    EXCLUDED: "Excluded, or their company is",
    ASKED_REMOVAL: "Asked to be removed; a person decides first",
    NO_ADDRESS: "No phone number",
    MISSING_FIELDS: "A merge field has no value",
    ELSEWHERE: "In another campaign already",
    NO_LINE: "Their line is not connected",
}
"""Why somebody is left out, in words; callers may name reasons of their own."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be written to. `skip` says why not, for what the caller knows; `zone` is the lead's own, where known, and
    `number` their first: it tells where they are when `address` does not."""

    key: int
    address: str
    zone: str = ""
    first_at: datetime | None = None  # empty: at once
    checked: bool = True
    skip: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """What one day brings: messages, those of them that start a conversation, and how many may start."""

    day: date
    messages: int
    new: int
    ceiling: int | None = None
    uses_all: bool = False  # the ceiling is reached: a notice, not an aim (S0-110)


@dataclass(frozen=True, slots=True)
class LinePlan:
    line: Line
    recipients: int
    new: int
    days: list[Day]
    full_today_at: datetime | None  # when today's new conversations are used up
    waiting: int  # messages that wait on the line already, whatever holds them; counted as going first
    rests_until: datetime | None  # from automated messages


@dataclass(frozen=True, slots=True)
class LaunchPlan:
    """`sendable` and the values of `skipped` are the recipients' keys; together they are all of them, each once."""

    sendable: list[int]
    skipped: dict[str, list[int]]
    lines: list[LinePlan]
    days: list[Day]
    new_conversations: int
    unchecked: int
    firsts_done: datetime | None  # everyone has had the first message
    finishes: datetime | None  # and every step, if nobody replies; None when that never comes
    never: int  # messages for which no time comes under today's limits and hours
    shared: bool  # the workspace's plan limits all lines together

    @property
    def uses_all(self) -> list[LinePlan]:
        """Lines whose ceiling the plan reaches on some day."""
        return [one for one in self.lines if any(day.uses_all for day in one.days)]


def plan(
    workspace: Workspace,
    recipients: Sequence[Recipient],
    lines: Sequence[Line],
    *,
    windows: Sequence[Window] | None = None,
    steps: Sequence[timedelta] = (),
    now: datetime | None = None,
) -> LaunchPlan:
    """What sending to `recipients` over `lines` will come to.

    `windows` are all that hold (`conversations.sending.hours.windows`), else the workspace's own; `steps` are the waits before
    each later message, counted as if nobody replied. Reads today's use of the lines, which line knows whom, and what waits on
    them already; writes nothing.
    """
    now = now or timezone.now()
    chosen = choose_lines(workspace, [one.address for one in recipients if not one.skip], lines, now)
    skipped: dict[str, list[int]] = {}
    going: list[tuple[Recipient, Line]] = []
    for one in recipients:
        line = None if one.skip else chosen[one.address]
        if line:
            going.append((one, line))
        else:
            skipped.setdefault(one.skip or NO_LINE, []).append(one.key)
    used = {line.pk: line for _, line in going}
    new = new_among(((turn, line, one.address, 0) for turn, (one, line) in enumerate(going)), now)
    openings = Openings(workspace, hours.windows(workspace) if windows is None else windows)
    jobs: dict[int, list[Job]] = {pk: [] for pk in used}
    for turn, (one, line) in enumerate(going):
        jobs[line.pk].append(Job(max(one.first_at or now, now), turn, openings.of(one.address, one.zone, one.number), turn in new))
    planned = planned_lines(list(used.values()), now)
    limits = quota.plan_of(workspace)
    sent = simulate(planned, jobs, limits, quota.plan_use_of(workspace, now), now, steps)
    made = [_line_plan(used[one.key], one, jobs[one.key], sent[one.key], now) for one in planned]
    never = sum(one.never for one in sent.values())
    return LaunchPlan(
        sendable=[one.key for one, _ in going],
        skipped=skipped,
        lines=sorted(made, key=lambda one: (one.line.name, one.line.pk)),
        days=_days(made),
        new_conversations=len(new),
        unchecked=sum(not one.checked for one, _ in going),
        firsts_done=None if never else _last(one.firsts_done for one in sent.values()),
        finishes=None if never else _last(one.done for one in sent.values()),
        never=never,
        shared=limits.limits,
    )


def _line_plan(line: Line, planned: PlannedLine, jobs: Sequence[Job], sent: Sent, now: datetime) -> LinePlan:
    today = planned.ceilings.clock.day_of(now)
    days = [
        Day(day, sent.messages[day], sent.new[day], planned.ceilings.new_on(day)[0], day in sent.full_at)
        for day in sorted(sent.messages)
    ]
    new = sum(job.new for job in jobs)
    rests_until = line.rest_until if line.rest_until and line.rest_until > now else None
    return LinePlan(line, len(jobs), new, days, sent.full_at.get(today), planned.waiting_new + planned.waiting, rests_until)


def _days(lines: Sequence[LinePlan]) -> list[Day]:
    """All lines together."""
    found: dict[date, Day] = {}
    for day in (day for line in lines for day in line.days):
        before = found.get(day.day, Day(day.day, 0, 0))
        found[day.day] = Day(day.day, before.messages + day.messages, before.new + day.new)
    return [found[day] for day in sorted(found)]


def _last(moments: Iterable[datetime | None]) -> datetime | None:
    return max((moment for moment in moments if moment), default=None)
