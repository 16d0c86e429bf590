"""Waits by the lead's clocks: they exist, come once and in order on the days the clocks change, in every zone."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.nodes import Wait
from campaigns.timing import after, next_at, wait_until
from workspaces.clocks import moment_of

NAMES = sorted(name for name in zoneinfo.available_timezones() if not name.startswith(("Etc/", "SystemV/", "posix", "right")))
ZONES = st.sampled_from(NAMES).map(zoneinfo.ZoneInfo)
START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 1440).map(lambda minutes: START + timedelta(minutes=minutes))
DAYS = ((2026, 3, 8), (2026, 11, 1), (2026, 3, 29), (2026, 10, 25), (2026, 4, 5), (2026, 10, 4), (2011, 12, 30), (2026, 9, 6))
AROUND = st.sampled_from([datetime(*day, tzinfo=UTC) for day in DAYS]).flatmap(
    lambda day: st.integers(-2880, 2880).map(lambda minutes: day + timedelta(minutes=minutes))
)
CLOCK = st.integers(0, 1439).map(lambda minutes: time(minutes // 60, minutes % 60))
WEEKDAYS = st.frozensets(st.integers(1, 7))


def shown(at: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


@given(ZONES, MOMENTS | AROUND, st.integers(1, 30))
def test_days_later_the_clock_shows_the_same_time_or_the_end_of_a_gap(zone: zoneinfo.ZoneInfo, now: datetime, days: int) -> None:
    found = after(now, days, timedelta(0), [zone])
    wanted = shown(now, zone) + timedelta(days=days)
    if shown(found, zone) != wanted:  # the clocks skip that time: it is the first moment after the gap
        assert shown(found, zone) > wanted
        assert shown(found - timedelta(seconds=1), zone) < wanted
    assert found > now


@given(ZONES, MOMENTS | AROUND, CLOCK, WEEKDAYS)
def test_until_is_the_next_such_moment_and_comes_once(
    zone: zoneinfo.ZoneInfo, now: datetime, at: time, weekdays: frozenset[int]
) -> None:
    found = next_at(now, at, weekdays, [zone])
    assert now < found <= now + timedelta(days=9)
    local = shown(found, zone)
    if local.time() == at:
        assert not weekdays or local.isoweekday() in weekdays
        earlier = found - timedelta(hours=1)
        assert shown(earlier, zone) != local, "of a time that comes twice it is the first"
    else:  # the clocks skip that time: it is the first moment after the gap
        before = shown(found - timedelta(seconds=1), zone)
        assert before < datetime.combine(before.date(), at) < local or before.date() < local.date()
    again = next_at(found, at, weekdays, [zone])
    assert again > found
    if local.time() == at:  # else it may be the end of a whole day that was skipped, as in Samoa in 2011, and the next is near
        assert again - found > timedelta(hours=20)


@given(ZONES, st.sampled_from(DAYS), CLOCK, CLOCK)
def test_later_times_of_a_day_come_later(zone: zoneinfo.ZoneInfo, day: tuple[int, int, int], one: time, other: time) -> None:
    early, late = sorted((one, other))
    date = datetime(*day, tzinfo=UTC).date()
    assert moment_of(date, early, zone) <= moment_of(date, late, zone)


def at(words: str, zone: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(UTC)


NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
LOS_ANGELES = zoneinfo.ZoneInfo("America/Los_Angeles")


@pytest.mark.parametrize(
    ("wait", "begun", "over"),
    [
        (Wait(days=2), "2026-03-07T10:00", "2026-03-09T10:00"),  # 47 hours
        (Wait(days=1), "2026-03-07T02:30", "2026-03-08T03:00"),  # 2:30 does not exist
        (Wait(days=1), "2026-10-31T01:30", "2026-11-01T01:30"),  # comes twice: the first
        (Wait(hours=24), "2026-03-07T10:00", "2026-03-08T11:00"),  # hours are hours
        (Wait("until", weekdays=(2,), at="09:00"), "2026-11-20T12:00", "2026-11-24T09:00"),
        (Wait("until", weekdays=(5,), at="09:00"), "2026-11-20T12:00", "2026-11-27T09:00"),
        (Wait("until", at="13:00"), "2026-11-20T12:00", "2026-11-20T13:00"),
        (Wait("read", days=3), "2026-11-20T12:00", "2026-11-23T12:00"),
    ],
)
def test_by_the_calendar(wait: Wait, begun: str, over: str) -> None:
    assert wait_until(wait, at(begun, "America/New_York"), [NEW_YORK]) == at(over, "America/New_York")


def test_of_several_zones_the_latest_holds() -> None:
    now = at("2026-11-20T08:00", "America/New_York")
    assert next_at(now, time(9), (), [NEW_YORK, LOS_ANGELES]) == at("2026-11-20T09:00", "America/Los_Angeles")
