"""Hours for automated messages hold in every zone where the contact may be, also on the days the clocks change."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads import addresses, quiet
from leads.windows import Window, closed, is_open, next_open
from workspaces.models import Workspace

NAMES = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith(("Etc/", "SystemV/")))
ZONES = st.sampled_from(NAMES).map(zoneinfo.ZoneInfo)
HOURS = st.tuples(st.integers(8, 13), st.integers(15, 21)).map(lambda hours: (time(hours[0], 30), time(hours[1])))
START = datetime(2025, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 3 * 365 * 1440).map(lambda minutes: START + timedelta(minutes=minutes))
DST_DAYS = st.sampled_from(
    [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 8), (11, 1), (3, 29), (10, 25), (4, 5))]
).flatmap(lambda day: st.integers(-1440, 2880).map(lambda minutes: day + timedelta(minutes=minutes)))


@given(st.lists(ZONES, min_size=1, max_size=4), HOURS, MOMENTS | DST_DAYS)
def test_opens_within_the_hours_of_every_zone_and_not_later_than_need_be(
    zones: list[zoneinfo.ZoneInfo], hours: tuple[time, time], now: datetime
) -> None:
    begin, end = hours
    windows = [Window("quiet_hours", begin, end)]
    opens = next_open(windows, zones, now)
    if opens is None:
        step, looked = timedelta(minutes=30), now
        while looked < now + timedelta(days=2):
            assert not is_open(windows, zones, looked)
            looked += step
        return
    assert opens >= now
    assert all(begin <= opens.astimezone(zone).time() < end for zone in zones)
    if opens > now:
        assert not is_open(windows, zones, opens - timedelta(seconds=1))
        looked = now
        while looked < opens:
            assert not is_open(windows, zones, looked)
            looked += timedelta(minutes=15)


@given(ZONES, MOMENTS | DST_DAYS)
def test_a_single_zone_opens_within_a_day(zone: zoneinfo.ZoneInfo, now: datetime) -> None:
    opens = next_open([Window("quiet_hours", time(9), time(20))], [zone], now)
    assert opens is not None
    assert opens - now < timedelta(hours=25)


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone))


def opening(value: str, now: datetime, known: str = "", **values: time) -> datetime:
    workspace = Workspace(time_zone="America/New_York", **values)
    found = closed(quiet.windows_of(workspace), quiet.zones_of(value, known, workspace), workspace.zone, now)
    return found.until if found else now


def test_before_the_hours_it_waits_for_them_where_the_contact_is() -> None:
    now = at("2026-11-20T08:00", "America/New_York")
    assert opening("+12125550101", now) == at("2026-11-20T09:00", "America/New_York")
    assert opening("+14155550101", now) == at("2026-11-20T09:00", "America/Los_Angeles")
    assert opening("+442079460000", now) == now, "13:00 in London"


def test_after_the_hours_it_waits_for_the_next_morning_over_a_change_of_clocks() -> None:
    evening = at("2026-03-07T20:00", "America/New_York")
    assert opening("+12125550101", evening) == at("2026-03-08T09:00", "America/New_York")
    assert opening("+12125550101", evening) - evening == timedelta(hours=12)


def test_a_number_that_may_be_in_two_zones_waits_for_both() -> None:
    idaho = "+12085550101"
    assert {zone.key for zone in addresses.zones(idaho)} == {"America/Boise", "America/Los_Angeles"}
    now = at("2026-11-20T09:30", "America/Boise")
    assert opening(idaho, now) == at("2026-11-20T09:00", "America/Los_Angeles")


def test_a_number_that_tells_nothing_goes_by_the_workspace() -> None:
    now = at("2026-11-20T10:00", "America/New_York")
    assert opening("dana@example.com", now) == now
    assert opening("dana@example.com", at("2026-11-20T21:00", "America/New_York")) == at("2026-11-21T09:00", "America/New_York")


def test_toll_free_numbers_of_the_world_still_open_some_time() -> None:
    for hour in range(24):
        now = at(f"2026-11-20T{hour:02d}:00", "UTC")
        assert opening("+18005550101", now) - now < timedelta(days=2)


def test_the_contacts_own_zone_goes_before_the_number() -> None:
    now = at("2026-11-20T08:00", "America/New_York")
    assert opening("+12125550101", now, known="Europe/Berlin") == now


@pytest.mark.parametrize(("begin", "end"), [(time(0), time(23, 59)), (time(5), time(22))])
def test_no_setting_reaches_beyond_the_law(begin: time, end: time) -> None:
    early, late = at("2026-11-20T07:59", "America/New_York"), at("2026-11-20T21:00", "America/New_York")
    assert opening("+12125550101", early, send_from=begin, send_until=end) == at("2026-11-20T08:00", "America/New_York")
    assert opening("+12125550101", late, send_from=begin, send_until=end) == at("2026-11-21T08:00", "America/New_York")
