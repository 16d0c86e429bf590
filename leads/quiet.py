"""The hours for automated messages, where the contact is (47 CFR 64.1200(c)(1); gateways.md 9, rule 5).

The hours are read off the wall clock of the contact's zone, so that a change to summer time moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from leads import addresses
from workspaces.models import Workspace

EARLIEST: Final = time(8)
LATEST: Final = time(21)
"""Nothing automated leaves outside these hours, whatever a workspace sets."""

AHEAD: Final = 8
"""Days in which an hour that suits every zone is looked for."""


def hours_of(workspace: Workspace) -> tuple[time, time]:
    """From when to when automated messages leave; within the limits of the law."""
    return max(workspace.send_from, EARLIEST), min(workspace.send_until, LATEST)


def zones_of(value: str, known: str, workspace: Workspace) -> list[ZoneInfo]:
    """Where somebody may be: their own zone where it is `known`, else all that the number may be in, else ours."""
    if known:
        return [ZoneInfo(known)]
    return addresses.zones(value) or [workspace.zone]


def opening(value: str, known: str, workspace: Workspace, now: datetime) -> datetime:
    """The first moment from `now` on at which an automated message may leave; `now` itself when it may at once.

    It must suit every zone that the number may be in. Where none does, as for numbers that may be all over the world,
    the number tells nothing, and the workspace's own zone holds.
    """
    begin, end = hours_of(workspace)
    found = next_open(zones_of(value, known, workspace), begin, end, now)
    return found or next_open([workspace.zone], begin, end, now) or now


def next_open(zones: Sequence[ZoneInfo], begin: time, end: time, now: datetime) -> datetime | None:
    """The first moment from `now` on at which all zones' clocks show `begin` or later and earlier than `end`."""
    if is_open(zones, begin, end, now):
        return now
    candidates = sorted({moment for zone in zones for moment in _openings(zone, begin, now)})
    return next((moment for moment in candidates if is_open(zones, begin, end, moment)), None)


def is_open(zones: Sequence[ZoneInfo], begin: time, end: time, moment: datetime) -> bool:
    return all(begin <= moment.astimezone(zone).time() < end for zone in zones)


def _openings(zone: ZoneInfo, begin: time, now: datetime) -> Iterator[datetime]:
    """When the zone's clock next passes `begin`, day by day. A time that summer time skips is the end of the gap."""
    today = now.astimezone(zone).date()
    for days in range(AHEAD + 1):
        local = datetime.combine(today + timedelta(days=days), begin, tzinfo=zone)
        moment = local.astimezone(UTC)
        if moment.astimezone(zone).time() != begin:
            moment = _end_of_gap(zone, moment)
        if moment > now:
            yield moment


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
