"""What a line may send and when it may again: pure arithmetic over limits, use and clocks (R17, S0-106, S0-113).

The gate and the launch plan ask the same functions, so that a plan promises what will happen. A line's day begins at an
hour of its own on the wall clock of a zone. Its hour is any sixty minutes: use is counted by slices of five, and a slice
counts until its last moment is an hour ago. Every limit is a ceiling.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from workspaces.clocks import moment_of

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
SLICE: Final = timedelta(minutes=5)


class Limit(StrEnum):
    """Which limit is reached; the values are those of `conversations.vocabulary.Hold`."""

    NEW_DAY = "new_limit"
    NEW_HOUR = "hour_limit"
    RAMP = "ramp_limit"
    TOTAL_DAY = "total_limit"
    PLAN_NEW = "plan_new"
    PLAN_TOTAL = "plan_total"


@dataclass(frozen=True, slots=True)
class Clock:
    """When a day begins."""

    zone: ZoneInfo
    starts_at: time = time(0)

    def begins(self, day: date) -> datetime:
        """The moment `day` begins."""
        return moment_of(day, self.starts_at, self.zone)

    def day_of(self, moment: datetime) -> date:
        """The day that has begun and has not ended at `moment`."""
        day = moment.astimezone(self.zone).date()
        return day if self.begins(day) <= moment else day - DAY

    def hour_of(self, moment: datetime) -> datetime:
        """When the hour of the wall clock began that `moment` is in."""
        offset = moment.astimezone(self.zone).utcoffset() or timedelta(0)
        wall = moment.astimezone(UTC) + offset
        return wall.replace(minute=0, second=0, microsecond=0) - offset


@lru_cache(maxsize=64)
def slice_of(moment: datetime) -> datetime:
    """When the five minutes began that `moment` is in."""
    at = moment.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)


def _counts_until(begins: datetime) -> datetime:
    return begins + SLICE + HOUR


@dataclass(frozen=True, slots=True)
class Ramp:
    """How a young line grows: `start` new conversations on the first day, `step` more on each day after."""

    start: int
    step: int
    since: date

    def on(self, day: date) -> int:
        return self.start + self.step * max(0, (day - self.since).days)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The limits of one line. None is no limit of that kind."""

    clock: Clock
    new_a_day: int
    new_an_hour: int | None = None
    total_a_day: int | None = None
    ramp: Ramp | None = None

    def new_on(self, day: date) -> tuple[int, Limit]:
        """New conversations allowed on `day`, and which limit says so."""
        if self.ramp and (ramped := self.ramp.on(day)) < self.new_a_day:
            return ramped, Limit.RAMP
        return self.new_a_day, Limit.NEW_DAY


@dataclass(frozen=True, slots=True)
class Plan:
    """The limits of a workspace over all its lines."""

    clock: Clock
    new_a_day: int | None = None
    total_a_day: int | None = None

    @property
    def limits(self) -> bool:
        return self.new_a_day is not None or self.total_a_day is not None


@dataclass(slots=True)
class Use:
    """What has been used, of a line in its current day and the last hour or of a workspace in its day.

    `lately`: new conversations by slice.
    """

    new_today: int = 0
    total_today: int = 0
    lately: dict[datetime, int] = field(default_factory=dict)

    def count(self, at: datetime, new: int, total: int) -> None:
        self.new_today += new
        self.total_today += total
        if not new:
            return
        begins = slice_of(at)
        if begins not in self.lately:
            self.lately = {earlier: count for earlier, count in self.lately.items() if _counts_until(earlier) > at}
        self.lately[begins] = self.lately.get(begins, 0) + new

    def in_the_hour(self, now: datetime) -> int:
        """New conversations that may have begun in the sixty minutes before `now`."""
        return sum(count for begins, count in self.lately.items() if _counts_until(begins) > now)

    def hour_frees(self, now: datetime) -> datetime:
        """When fewer will have begun in the last sixty minutes than have now; `now` where none has."""
        return min((at for begins in self.lately if (at := _counts_until(begins)) > now), default=now)

    def hour_opens(self, now: datetime, most: int) -> datetime:
        """When fewer than `most` will have begun in the last sixty minutes; `now` where that is so."""
        left = self.in_the_hour(now)
        for begins in sorted(self.lately):
            if left < most:
                break
            if _counts_until(begins) > now:
                left, now = left - self.lately[begins], _counts_until(begins)
        return now if left < most else now + HOUR


@dataclass(frozen=True, slots=True)
class Full:
    """A limit that is reached: which, how high it is, and when it next has room."""

    limit: Limit
    ceiling: int
    until: datetime


def strictest(
    ceilings: Ceilings, used: Use, plan: Plan, plan_used: Use, now: datetime, *, new: bool, total: bool = True
) -> Full | None:
    """The limit that forbids a message at `now`, or None where all have room.

    `new`: it starts a conversation. `total`: it is one more message of the day. Of several, the one that opens last.
    """
    found = [*_line_full(ceilings, used, now, new, total), *(_plan_full(plan, plan_used, now, new, total) if plan.limits else ())]
    return max(found, key=lambda full: full.until, default=None)


@lru_cache(maxsize=1024)
def _day_and_next(clock: Clock, now: datetime) -> tuple[date, datetime]:
    """The clock's day at `now`, and when the next begins: asked of all messages of a claim at the same moment."""
    day = clock.day_of(now)
    return day, clock.begins(day + DAY)


def _line_full(ceilings: Ceilings, used: Use, now: datetime, new: bool, total: bool) -> Iterator[Full]:
    day, tomorrow = _day_and_next(ceilings.clock, now)
    if total and ceilings.total_a_day is not None and used.total_today >= ceilings.total_a_day:
        yield Full(Limit.TOTAL_DAY, ceilings.total_a_day, tomorrow)
    if not new:
        return
    most, limit = ceilings.new_on(day)
    if used.new_today >= most:
        yield Full(limit, most, tomorrow)
    if ceilings.new_an_hour is not None and (opens := used.hour_opens(now, ceilings.new_an_hour)) > now:
        yield Full(Limit.NEW_HOUR, ceilings.new_an_hour, opens)


def _plan_full(plan: Plan, used: Use, now: datetime, new: bool, total: bool) -> Iterator[Full]:
    tomorrow = plan.clock.begins(plan.clock.day_of(now) + DAY)
    if total and plan.total_a_day is not None and used.total_today >= plan.total_a_day:
        yield Full(Limit.PLAN_TOTAL, plan.total_a_day, tomorrow)
    if new and plan.new_a_day is not None and used.new_today >= plan.new_a_day:
        yield Full(Limit.PLAN_NEW, plan.new_a_day, tomorrow)
