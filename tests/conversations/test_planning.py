"""The launch plan: counts by line and day under limits, and the promise that it is what happens."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from conversations.campaigning import planning
from conversations.campaigning.planning import Recipient
from lines.models import Line
from tests.core import make_line, make_workspace

MONDAY = datetime(2026, 11, 23, 15, tzinfo=UTC)


def people(count: int, **values: object) -> list[Recipient]:
    return [Recipient(n, f"+1212555{n:04d}", **values) for n in range(count)]  # type: ignore[arg-type]


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(time_zone="America/New_York"), daily_new_limit=50)


def test_a_plan_spreads_over_the_days_of_the_limit(line: Line) -> None:
    made = planning.plan(line.workspace, people(120), [line], now=MONDAY)
    assert [(day.new, day.ceiling, day.uses_all) for day in made.lines[0].days] == [(50, 50, True), (50, 50, True), (20, 50, False)]
    assert made.finishes
    assert made.finishes.date() == MONDAY.date() + timedelta(days=2)
    assert made.lines[0].full_today_at == MONDAY + timedelta(seconds=49)
    assert (made.new_conversations, made.never, len(made.sendable)) == (120, 0, 120)


def test_who_is_written_to_at_an_email_address_waits_for_the_hours_of_their_number(line: Line) -> None:
    mail = [Recipient(1, "mia@example.com"), Recipient(2, "eva@example.com", number="+18085550101")]
    made = planning.plan(line.workspace, mail, [line], now=MONDAY)
    assert made.firsts_done
    assert made.firsts_done.astimezone(ZoneInfo("Pacific/Honolulu")).time() == time(9), "in New York it is 10:00 by then"
