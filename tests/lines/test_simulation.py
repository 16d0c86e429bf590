"""The arithmetic of a launch plan: whatever the limits, hours and people, nothing is lost and nothing passes a limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leads.windows import Window, closed, is_open
from lines.limits import Ceilings, Clock, Plan, Ramp, Use, strictest
from lines.planned import Job, Opens, PlannedLine
from lines.simulation import simulate

ZONES = [ZoneInfo(name) for name in ("America/New_York", "America/Los_Angeles", "Asia/Kolkata", "Australia/Lord_Howe")]
HOME = ZONES[0]
NOW = st.sampled_from([datetime(2026, 3, 7, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)]).flatmap(
    lambda day: st.integers(0, 2 * 1440).map(lambda minutes: day + timedelta(minutes=minutes))
)
LIMITS = st.tuples(st.integers(1, 9), st.none() | st.integers(1, 5), st.none() | st.integers(9, 15), st.integers(0, 3))
LINES = st.lists(LIMITS, min_size=1, max_size=3)


def windows(days: list[int]) -> list[Window]:
    return [Window("quiet_hours", time(9), time(17, 30)), Window("day_off", days=frozenset(days))]


def opens_in(zone: ZoneInfo, shut: list[Window]) -> Opens:
    def opens(moment: datetime) -> datetime | None:
        found = closed(shut, [zone], HOME, moment)
        return found.until if found else moment

    return opens


@given(NOW, LINES, st.integers(1, 60), st.none() | st.integers(2, 8), st.sets(st.integers(1, 7), min_size=2))
def test_nobody_is_lost_and_no_limit_is_passed(
    now: datetime, given_lines: list[tuple[int, int | None, int | None, int]], people: int, plan_new: int | None, days: set[int]
) -> None:
    ways = [opens_in(zone, windows(sorted(days))) for zone in ZONES]
    lines = [
        PlannedLine(key, Ceilings(Clock(ZONES[key % 4], time(key)), day, hour, total), Use(used, used))
        for key, (day, hour, total, used) in enumerate(given_lines)
    ]
    jobs: dict[int, list[Job]] = {line.key: [] for line in lines}
    for n in range(people):
        jobs[n % len(lines)].append(Job(now, n, ways[n % 4], new=n % 5 != 0))
    sent = simulate(lines, jobs, Plan(Clock(HOME), plan_new), Use(), now, [timedelta(days=2)])
    assert sum(sum(one.messages.values()) for one in sent.values()) == 2 * people
    assert not any(one.never for one in sent.values())
    for line in lines:
        today = line.ceilings.clock.day_of(now)
        for day, new in sent[line.key].new.items():
            assert new + (line.used.new_today if day == today else 0) <= max(line.ceilings.new_a_day, line.used.new_today)
        for day, messages in sent[line.key].messages.items():
            if line.ceilings.total_a_day is not None:
                assert messages + (line.used.total_today if day == today else 0) <= line.ceilings.total_a_day


PEOPLE = st.lists(st.integers(0, 3), min_size=1, max_size=12)


@settings(max_examples=25)
@example(
    datetime(2026, 11, 23, 16, 20, tzinfo=UTC), (9, 2, None, 0), [0, 1, 1, 1], 24 * 60, 0
)  # room again in the midst of an hour
@example(datetime(2026, 11, 23, 22, 10, tzinfo=UTC), (9, None, None, 0), [0], 30, 0)  # due when the hours are over
@given(NOW, LIMITS, PEOPLE, st.sampled_from([30, 61, 24 * 60]), st.integers(0, 20))
def test_every_message_leaves_at_the_first_minute_at_which_it_may(
    now: datetime, limits: tuple[int, int | None, int | None, int], people: list[int], follow_up: int, begins: int
) -> None:
    """As if somebody looked every minute, in the order in which they are due, at what the gate asks."""
    day, hour, total, used = limits
    shut = windows([1, 2, 3, 4, 5, 6])
    ways = [opens_in(zone, shut) for zone in ZONES]
    ceilings = Ceilings(Clock(HOME, time(begins)), day, hour, total)
    jobs = [Job(now, turn, ways[zone], new=turn % 5 != 4) for turn, zone in enumerate(people)]
    firsts = list(jobs)
    sent = simulate(
        [PlannedLine(1, ceilings, Use(used, used))], {1: jobs}, Plan(Clock(HOME)), Use(), now, [timedelta(minutes=follow_up)]
    )

    use, today, minute, done = Use(used, used), ceilings.clock.day_of(now), now, now
    waiting = [(now, one.turn, one.new) for one in jobs]
    left: dict[int, datetime] = {}
    while waiting:
        if ceilings.clock.day_of(minute) != today:
            use, today = Use(lately=use.lately), ceilings.clock.day_of(minute)
        for due, turn, new in sorted(waiting):
            if due > minute or not is_open(shut, [ZONES[people[turn]]], minute):
                continue
            if strictest(ceilings, use, Plan(Clock(HOME)), Use(), minute, new=new) is None:
                use.count(minute, new, 1)
                waiting.remove((due, turn, new))
                done = minute
                if turn not in left:
                    left[turn] = minute
                    waiting.append((minute + timedelta(minutes=follow_up), turn, False))
        minute += timedelta(minutes=1)
    for one in firsts:
        assert one.left_at
        assert abs(one.left_at - left[one.turn]) < timedelta(minutes=2), (one.turn, one.left_at, left[one.turn])
    assert sent[1].done
    assert abs(sent[1].done - done) < timedelta(minutes=2)


def test_a_plan_of_the_workspace_is_shared_by_its_lines() -> None:
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    lines = [PlannedLine(key, Ceilings(Clock(HOME), 50)) for key in range(3)]
    way = opens_in(HOME, windows([1, 2, 3, 4, 5]))
    jobs = {key: [Job(now, 3 * n + key, way, new=True) for n in range(10)] for key in range(3)}
    sent = simulate(lines, jobs, Plan(Clock(HOME), 12), Use(new_today=2, total_today=2), now)
    days = [date(2026, 11, day) for day in (23, 24, 25)]
    assert [[sent[key].new[day] for key in range(3)] for day in days] == [[4, 3, 3], [4, 4, 4], [2, 3, 3]]


def test_a_ramp_and_a_weekend_lie_between() -> None:
    friday = datetime(2026, 11, 27, 15, tzinfo=UTC)
    line = PlannedLine(1, Ceilings(Clock(HOME), 50, ramp=Ramp(2, 3, friday.date())))
    way = opens_in(HOME, windows([1, 2, 3, 4, 5]))
    sent = simulate([line], {1: [Job(friday, n, way, new=True) for n in range(20)]}, Plan(Clock(HOME)), Use(), friday)[1]
    assert dict(sent.new) == {date(2026, 11, 27): 2, date(2026, 11, 30): 11, date(2026, 12, 1): 7}
    assert sent.done == datetime(2026, 12, 1, 14, 0, 6, tzinfo=UTC)


def test_what_waits_already_goes_first_and_a_resting_line_begins_after_its_rest() -> None:
    now = datetime(2026, 11, 23, 15, tzinfo=UTC)
    way = opens_in(HOME, windows([1, 2, 3, 4, 5, 6, 7]))
    busy = PlannedLine(1, Ceilings(Clock(HOME), 5), waiting_new=7, rests_until=now + timedelta(days=1))
    sent = simulate([busy], {1: [Job(now, n, way, new=True) for n in range(4)]}, Plan(Clock(HOME)), Use(), now)[1]
    assert dict(sent.new) == {date(2026, 11, 25): 3, date(2026, 11, 26): 1}
