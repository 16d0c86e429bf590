"""Days, hours and ramp-ups of lines, on every kind of clock; and which of several limits is named."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lines.limits import HOUR, Ceilings, Clock, Limit, Plan, Ramp, Use, slice_of, strictest
from lines.rotation import Load, Rotation

NAMES = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
ZONES = st.sampled_from(NAMES).map(zoneinfo.ZoneInfo)
START = datetime(2025, 1, 1, tzinfo=UTC)
CHANGES = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 8), (11, 1), (3, 29), (10, 25), (4, 5), (10, 4))]
MOMENTS = st.integers(0, 3 * 365 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds)) | st.sampled_from(
    CHANGES
).flatmap(lambda day: st.integers(-86_400, 2 * 86_400).map(lambda seconds: day + timedelta(seconds=seconds)))
CLOCKS = st.builds(Clock, ZONES, st.times().map(lambda at: at.replace(microsecond=0)))
NY = zoneinfo.ZoneInfo("America/New_York")


@given(CLOCKS, MOMENTS)
def test_every_moment_is_in_exactly_one_day(clock: Clock, now: datetime) -> None:
    day = clock.day_of(now)
    begins, ends = clock.begins(day), clock.begins(day + timedelta(days=1))
    assert begins <= now < ends
    assert timedelta(hours=22) <= ends - begins <= timedelta(hours=26)


@given(CLOCKS, MOMENTS)
def test_a_day_begins_when_its_clock_says_so(clock: Clock, now: datetime) -> None:
    """Or, where that hour is skipped, as soon as it has passed."""
    begins = clock.begins(clock.day_of(now))
    local = begins.astimezone(clock.zone)
    if local.time() != clock.starts_at:
        assert local.time() > clock.starts_at
        assert (begins - timedelta(seconds=1)).astimezone(clock.zone).time() < clock.starts_at


@given(CLOCKS, MOMENTS)
def test_every_moment_is_in_an_hour_of_its_clock(clock: Clock, now: datetime) -> None:
    hour = clock.hour_of(now)
    assert timedelta(0) <= now - hour < timedelta(hours=1)
    assert clock.hour_of(hour + (now - hour)) == hour


@given(CLOCKS, MOMENTS, st.integers(0, 60), st.integers(0, 20), st.booleans())
def test_what_is_full_opens_later_and_not_before_its_own_time(clock: Clock, now: datetime, used: int, hour: int, new: bool) -> None:
    ceilings = Ceilings(clock, 50, new_an_hour=15, total_a_day=55)
    found = strictest(ceilings, Use(used, used, {slice_of(now): hour}), Plan(clock), Use(), now, new=new)
    full = (used >= 55) or (new and (used >= 50 or hour >= 15))
    assert (found is not None) == full
    if found:
        assert found.until > now
        tomorrow = clock.begins(clock.day_of(now) + timedelta(days=1))
        assert found.until <= max(tomorrow, now + timedelta(minutes=65)), "an hour may reach into the next day"


MONDAY = datetime(2026, 11, 23, 15, 32, tzinfo=UTC)


def used(new: int, hour: int, total: int, at: datetime = MONDAY) -> Use:
    """`hour` of them in the five minutes that `at` is in."""
    return Use(new, total, {slice_of(at): hour})


@pytest.mark.parametrize(
    ("taken", "plan_taken", "named", "until"),
    [
        (used(50, 15, 50), Use(), Limit.NEW_DAY, datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (used(20, 15, 20), Use(), Limit.NEW_HOUR, datetime(2026, 11, 23, 16, 35, tzinfo=UTC)),
        (used(20, 3, 90), Use(), Limit.TOTAL_DAY, datetime(2026, 11, 24, 8, tzinfo=UTC)),
        (used(20, 15, 20), used(100, 0, 100), Limit.PLAN_NEW, datetime(2026, 11, 24, 5, tzinfo=UTC)),
        (used(1, 1, 1), used(1, 1, 300), Limit.PLAN_TOTAL, datetime(2026, 11, 24, 5, tzinfo=UTC)),
        (used(1, 1, 1), used(1, 1, 1), None, None),
    ],
)
def test_the_limit_that_opens_last_is_named(taken: Use, plan_taken: Use, named: Limit | None, until: datetime | None) -> None:
    """The line's day begins at 3 in the morning in New York, as one vendor's does; the workspace's at midnight."""
    ceilings = Ceilings(Clock(NY, time(3)), 50, 15, 90)
    found = strictest(ceilings, taken, Plan(Clock(NY), 100, 300), plan_taken, MONDAY, new=True)
    assert (found and found.limit, found and found.until) == (named, until)


@given(MOMENTS, st.integers(1, 5), st.lists(st.integers(0, 1800), max_size=60))
def test_no_sixty_minutes_ever_hold_more_than_the_limit_of_the_hour(now: datetime, most: int, pauses: list[int]) -> None:
    use, begun = Use(), []
    for seconds in pauses:
        now += timedelta(seconds=seconds)
        if (opens := use.hour_opens(now, most)) > now:
            assert opens <= now + timedelta(minutes=65)
            continue
        use.count(now, new=1, total=1)
        begun.append(now)
    for first in begun:
        assert sum(first <= one < first + HOUR for one in begun) <= most


def test_replies_pass_where_new_conversations_are_used_up() -> None:
    assert (
        strictest(Ceilings(Clock(NY), 50, 15, 90), used(50, 15, 50), Plan(Clock(NY), 50), used(50, 15, 50), MONDAY, new=False)
        is None
    )


def test_a_young_line_grows_to_its_limit_and_no_further() -> None:
    ceilings = Ceilings(Clock(NY), 50, ramp=Ramp(10, 3, date(2026, 11, 23)))
    days = [ceilings.new_on(date(2026, 11, 23) + timedelta(days=n)) for n in (-1, 0, 1, 13, 14, 400)]
    assert days == [
        (10, Limit.RAMP), (10, Limit.RAMP), (13, Limit.RAMP), (49, Limit.RAMP), (50, Limit.NEW_DAY), (50, Limit.NEW_DAY),
    ]  # fmt: skip


def test_lines_are_filled_alike() -> None:
    turn = Rotation([Load(1, 50, 0), Load(2, 20, 0), Load(3, 0, 0)])
    given = [turn.next() for _ in range(70)]
    assert (given.count(1), given.count(2), given.count(3)) == (50, 20, 0)
    assert given[:35].count(2) == 10
    assert Rotation([]).next() is None
    assert Rotation([Load(3, 0, 0)]).next() == 3
