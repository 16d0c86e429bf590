"""When automated messages may leave: hours, weekdays and holidays on wall clocks, and the first moment that suits all.

Pure, so that the gate and the launch plan give the same answer. Windows are read off the clock of each zone, so that a
change to summer time moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from workspaces.clocks import moment_of

AHEAD: Final = 60
"""Days in which a moment that suits every window is looked for."""

MIDNIGHT: Final = time(0)
END_OF_DAY: Final = time.max
"""Exclusive, but for the last microsecond of a day."""

EVERY_DAY: Final = frozenset(range(1, 8))

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days, where the contact is, or on the clock of a `zone`.

    `name` is the hold of a message that waits for it (`conversations.vocabulary.Hold`).
    """

    name: str
    begin: time = MIDNIGHT
    end: time = END_OF_DAY
    days: frozenset[int] = EVERY_DAY  # 1 Monday to 7 Sunday
    off: frozenset[date] = frozenset()
    zone: ZoneInfo | None = None

    def allows(self, local: datetime) -> bool:
        return self.begin <= local.time() < self.end and self.on(local.date())

    def on(self, day: date) -> bool:
        return day.isoweekday() in self.days and day not in self.off


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing may leave before `until`, because of the window that opens last: `name`."""

    name: str
    until: datetime
    never: bool = False  # no moment suits; `until` is when to look again


def closed(windows: Sequence[Window], zones: Sequence[ZoneInfo], home: ZoneInfo, now: datetime) -> Closed | None:
    """What keeps a message to somebody who may be in any of `zones` at `now`; None when it may leave.

    Every window must suit every zone. Where no moment does, as for numbers that may be all over the world, the zones tell
    nothing, and `home` holds. Where even then none does, it is looked at again after a day.
    """
    if is_open(windows, zones, now):
        return None
    until = next_open(windows, zones, now)
    if until is None:
        zones = [home]
        until = next_open(windows, zones, now)
        if until == now:
            return None
    opens = {window: next_open([window], zones, now) or now + AHEAD * _DAY for window in windows}
    strictest = max((window for window in windows if opens[window] > now), key=opens.__getitem__, default=windows[-1])
    return Closed(strictest.name, until or now + _DAY, never=until is None)


def is_open(windows: Sequence[Window], zones: Sequence[ZoneInfo], moment: datetime) -> bool:
    locals_ = [moment.astimezone(zone) for zone in zones]
    return all(
        window.allows(moment.astimezone(window.zone)) if window.zone else all(map(window.allows, locals_)) for window in windows
    )


def next_open(windows: Sequence[Window], zones: Sequence[ZoneInfo], now: datetime) -> datetime | None:
    """The first moment from `now` on at which every window is open, in every zone; None when there is none in AHEAD days."""
    if is_open(windows, zones, now):
        return now
    pairs = {(window, zone) for window in windows for zone in ([window.zone] if window.zone else zones)}
    first = now.astimezone(UTC).date() - _DAY  # somewhere it is still yesterday
    for days in range(AHEAD + 2):
        for moment in sorted(_openings(pairs, first + days * _DAY)):
            if moment > now and is_open(windows, zones, moment):
                return moment
    return None


def _openings(pairs: set[tuple[Window, ZoneInfo]], day: date) -> Iterator[datetime]:
    return (moment_of(day, window.begin, zone) for window, zone in pairs if window.on(day))
