"""Clocks: the moment a zone's clock shows a time, also on the days it is put forward or back; and how long ago one was."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone


@lru_cache(maxsize=4096)  # the gate asks for the same few days of a zone with every message
def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """When the clock of `zone` shows `wall` on `day`, in UTC.

    A time that summer time skips is the end of the gap; one that comes twice is the first.
    """
    local = datetime.combine(day, wall.replace(fold=0), tzinfo=zone)
    moment = local.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
        return moment
    return _end_of_gap(zone, moment)


def _end_of_gap(zone: ZoneInfo, within: datetime) -> datetime:
    """The moment at which the clock jumped, to the second; `within` is less than a day after it."""
    early, late = within - timedelta(days=1), within
    offset = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def which_of_two(local: datetime) -> str:
    """Which is meant of a time that the clock shows twice, as it is put back that night; empty for any other.

    `local` carries the zone it is read in.
    """
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "the second of two, after clocks go back" if local.fold else "the first of two, before clocks go back"


def ago(moment: datetime) -> str:
    """How long ago, in its largest unit: 40 s, 12 min, 3 h, 5 days."""
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        return f"{seconds // 3600} h"
    days = seconds // 86_400
    return f"{days} day" if days == 1 else f"{days} days"
