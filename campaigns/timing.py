"""Until when a step waits: arithmetic with clocks where the lead is. Nothing here reads the database or the time.

`workspaces.clocks` decides about times that the clocks skip or show twice. Where a number may be in several
zones, the latest of their moments holds, for then it is time in all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from campaigns.nodes import Branch, Settings, Wait
from campaigns.vocabulary import BranchTest, WaitMode
from workspaces.clocks import moment_of


def over(settings: Settings, begun: datetime, zones: Sequence[ZoneInfo], *, last: datetime | None = None) -> datetime:
    """When a step that waits, begun at `begun`, is over at the latest; `begun` where it waits for no time.

    A branch for a reply or a read receipt counts from the last message to the lead, which was sent at `last`.
    """
    match settings:
        case Wait():
            return wait_until(settings, begun, zones)
        case Branch(test=BranchTest.REPLIED | BranchTest.READ):
            return max(after(last or begun, settings.days, timedelta(0), zones), begun)
        case _:
            return begun


def wait_until(wait: Wait, now: datetime, zones: Sequence[ZoneInfo]) -> datetime:
    """When this wait, begun at `now`, is over at the latest."""
    if wait.mode == WaitMode.UNTIL:
        return next_at(now, wait.time, wait.weekdays, zones)
    return after(now, wait.days, timedelta(hours=wait.hours, minutes=wait.minutes), zones)


def after(now: datetime, days: int, more: timedelta, zones: Sequence[ZoneInfo]) -> datetime:
    """The same time of day `days` later on the lead's clocks, and `more` after that. UTC."""
    return max(_days_later(now, days, zone) for zone in zones) + more


def next_at(now: datetime, at: time, weekdays: Collection[int], zones: Sequence[ZoneInfo]) -> datetime:
    """The next moment after `now` at which the lead's clocks show `at` on one of the weekdays (none: any day). UTC."""
    return max(_next_at(now, at, weekdays or range(1, 8), zone) for zone in zones)


def _days_later(now: datetime, days: int, zone: ZoneInfo) -> datetime:
    if not days:
        return now.astimezone(UTC)
    local = now.astimezone(zone)
    return moment_of(local.date() + timedelta(days=days), local.time(), zone)


def _next_at(now: datetime, at: time, weekdays: Collection[int], zone: ZoneInfo) -> datetime:
    today = now.astimezone(zone).date()
    days = (today + timedelta(days=ahead) for ahead in range(9))
    return next(found for day in days if day.isoweekday() in weekdays and (found := moment_of(day, at, zone)) > now)
