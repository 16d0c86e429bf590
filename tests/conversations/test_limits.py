"""Limits at the gate: never over by one, the strictest named, looked at anew when changed, and planned as they then happen."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import time, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from conversations.campaigning import planning
from conversations.campaigning.planning import Recipient
from conversations.models import Attempt, Message
from conversations.receiving import ingest
from conversations.sending import choosing, line_figures, record, sweeping
from conversations.sending.optout import opt_out_contact
from conversations.vocabulary import Hold, Origin, State
from conversations.wording import statuses
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Lead
from lines import actions, inbox, places, quota, standing
from lines.gateways.base import Failure, Reason
from lines.limits import slice_of
from lines.models import Line, LineDay, LineSlice
from tests.conversations.claiming import answer, claim, numbers, repeated
from tests.core import (
    heard,
    made_sent,
    make_conversation,
    make_conversations,
    make_line,
    make_user,
    make_workspace,
    say,
    say_in,
    somebody_waits,
)
from tests.leads.consent.telling import where_it_is
from tests.threads import in_background, in_threads, wait_for
from workspaces.actions import change_settings, change_working_hours
from workspaces.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def line() -> Line:
    """Its day is a day of UTC, so that tests near its end are rare; the hours at noon where everyone is."""
    return make_line(make_workspace(time_zone=where_it_is(12)), max_in_flight=200, daily_new_limit=1000)


def at_noon(line: Line, *addresses: str) -> list[Lead]:
    """Leads for whom it is noon now."""
    made = [add_lead(line.workspace, name=one, addresses=[normalise(one, region="US")]) for one in addresses]
    Lead.objects.of(line.workspace).update(time_zone=where_it_is(12))
    return made


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("limits", "plan", "hold"),
    [
        ({"daily_new_limit": 7}, {}, Hold.NEW_LIMIT),
        ({"hourly_new_limit": 7}, {}, Hold.HOUR_LIMIT),
        ({"daily_total_limit": 7}, {}, Hold.TOTAL_LIMIT),
        ({"ramp_start": 7, "ramp_step": 3}, {}, Hold.RAMP_LIMIT),
        ({}, {"plan_new_a_day": 7}, Hold.PLAN_NEW),
        ({}, {"plan_total_a_day": 7}, Hold.PLAN_TOTAL),
    ],
)
def test_eight_workers_pass_no_limit_by_one(limits: dict[str, Any], plan: dict[str, Any], hold: Hold) -> None:
    """Over two lines where the limit is the workspace's."""
    workspace = make_workspace(**plan)
    lines = [make_line(workspace, **{"max_in_flight": 100, "daily_new_limit": 1000, **limits}) for _ in range(2 if plan else 1)]
    for line in lines:
        if line.ramp_start:
            Line.objects.filter(pk=line.pk).update(ramp_since=quota.today(line))
    say_in(make_conversations(lines, numbers(24)))
    in_threads(8, repeated(6, 1))
    while claim():
        pass
    assert Message.objects.filter(state=State.SENDING).count() == Attempt.objects.count() == 7
    held = Message.objects.filter(state=State.QUEUED)
    assert set(held.values_list("hold", flat=True)) == {hold}
    assert statuses.said_of(held[0]).why
    assert sum(LineSlice.objects.values_list("sent", flat=True)) == 7


@pytest.mark.django_db(transaction=True)
def test_two_lines_never_take_the_last_place_of_the_plan_together() -> None:
    """While one has taken it and has not committed, the other waits to see that."""
    workspace = make_workspace(plan_new_a_day=1)
    line, other = make_line(workspace), make_line(workspace)
    message = say(other)
    done = threading.Event()

    def work() -> None:
        claim()
        done.set()

    with transaction.atomic():
        places.hold_plans([workspace])
        quotas = places.Quotas([line], timezone.now())
        quotas.take(line, new=True, total=True)
        quotas.write()
        join = in_background(work, 1)
        wait_for(lambda: done.is_set() or somebody_waits())
        assert not done.is_set()
    join()
    message.refresh_from_db()
    assert (message.state, message.hold) == (State.QUEUED, Hold.PLAN_NEW)


def test_what_was_not_sent_gives_back_all_it_took_and_the_next_goes(line: Line) -> None:
    Line.objects.update(daily_new_limit=1, hourly_new_limit=1, daily_total_limit=1)
    first, second = say(line, address="+12025550101"), say(line, address="+12025550102")
    assert claim() == [first]
    record.refused(first.attempts.get().pk, Failure(Reason.INVALID_NUMBER, transient=False))
    assert list(LineDay.objects.values_list("started", "sent")) == [(0, 0)]
    assert list(LineSlice.objects.values_list("started", "sent")) == [(0, 0)]
    assert claim() == [second]


def test_replies_go_where_no_new_conversation_may(line: Line) -> None:
    Line.objects.update(daily_new_limit=1)
    known = say(line, address="+12025550101")
    assert claim() == [known]
    record.accepted(known.attempts.get().pk, answer())
    say(line, address="+12025550102")
    reply = say(line, address="+12025550101")
    assert claim() == [reply]


@pytest.mark.parametrize("change", ["line", "plan", "days", "member"])
def test_a_changed_limit_is_taken_up_by_what_waits(line: Line, change: str) -> None:
    at_noon(line, "+12025550101", "+12025550102")
    author = make_user(line.workspace)
    member = Membership.objects.get(user=author)
    today = timezone.now().astimezone(line.workspace.zone).date()
    match change:
        case "line":
            Line.objects.update(daily_new_limit=0)
        case "plan":
            change_settings(None, line.workspace, plan_total_a_day=0)
        case "days":
            change_settings(None, line.workspace, holidays=[today])
        case "member":
            change_working_hours(None, member, hours_from=time(3), hours_until=time(4))
    message = say(line, address="+12025550101", origin=Origin.API, author=author)
    assert claim() == []
    message.refresh_from_db()
    expected = {"line": Hold.NEW_LIMIT, "plan": Hold.PLAN_TOTAL, "days": Hold.DAY_OFF, "member": Hold.MEMBER_TIME}
    assert message.hold == expected[change]
    assert message.run_at > timezone.now()
    Message.objects.update(held_at=F("held_at") - timedelta(minutes=1))  # a while ago
    sweeping.sweep()
    assert claim() == [], "nothing was changed since"
    match change:
        case "line":
            actions.edit_line(line, by=author, daily_new_limit=1)
        case "plan":
            change_settings(None, line.workspace, plan_total_a_day=None)
        case "days":
            change_settings(None, line.workspace, holidays=[])
        case "member":
            change_working_hours(None, member, hours_from=None, hours_until=None)
    sweeping.sweep()
    assert claim() == [message]


def test_the_strictest_of_hours_and_limits_is_named(line: Line) -> None:
    """The holiday lasts longer than the line's day."""
    at_noon(line, "+12025550101")
    Line.objects.update(daily_new_limit=0)
    today = timezone.now().astimezone(line.workspace.zone).date()
    change_settings(None, line.workspace, holidays=[today + timedelta(days=n) for n in range(3)])
    message = say(line, address="+12025550101", origin=Origin.API)
    assert claim() == []
    message.refresh_from_db()
    assert message.hold == Hold.DAY_OFF
    assert message.run_at.astimezone(line.workspace.zone).date() == today + timedelta(days=3)


def test_a_resting_line_sends_what_people_write_and_nothing_else(line: Line) -> None:
    at_noon(line, "+12025550101", "+12025550102")
    standing.rest(line, "60 new conversations in a row had no reply")
    automated, by_person = say(line, address="+12025550101", origin=Origin.API), say(line, address="+12025550102")
    assert claim() == [by_person]
    automated.refresh_from_db()
    assert automated.hold == Hold.LINE_RESTS
    assert "60 new conversations" in statuses.said_of(automated).why
    assert standing.wake(line, by=make_user(line.workspace))
    sweeping.sweep()
    assert claim() == [automated]


def test_a_lead_keeps_the_line_that_they_know(line: Line) -> None:
    other = make_line(line.workspace)
    lead = add_lead(line.workspace, name="Priya", addresses=[normalise(one, region="US") for one in numbers(2)])
    assert lead.addresses.count() == 2
    made_sent(say(other, address=numbers(1)[0]))
    assert choosing.choose_lines(line.workspace, numbers(2), [line, other]) == dict.fromkeys(numbers(2), other)
    Line.objects.filter(pk=other.pk).update(status=Line.Status.DISCONNECTED)
    other.refresh_from_db()
    theirs, new = numbers(1)[0], "+12025550109"
    assert choosing.choose_lines(line.workspace, [theirs, new], [line, other]) == {theirs: None, new: line}
    assert choosing.choose_lines(make_workspace(), [new], [line, other]) == {new: None}, "a line of another workspace"


def test_the_plan_is_what_happens(line: Line) -> None:
    """Day by day and line by line, and to nobody else: some opted out, some know a line, three lines of different limits."""
    lines = [line, make_line(line.workspace, max_in_flight=200), make_line(line.workspace, max_in_flight=200)]
    for one, limit in zip(lines, (5, 9, 3), strict=True):
        Line.objects.filter(pk=one.pk).update(daily_new_limit=limit, day_zone="", hourly_new_limit=None)
        one.refresh_from_db()
    leads = at_noon(line, *numbers(40))
    for known in numbers(4):
        made_sent(say(lines[2], address=known))
    opted_out = {lead.pk for lead in leads[::7]}
    for number in numbers(40)[::7]:
        opt_out_contact(make_conversation(line, number), by=make_user(line.workspace))
    recipients = [
        Recipient(lead.pk, number, zone=where_it_is(12), skip=planning.OPTED_OUT if lead.pk in opted_out else "")
        for lead, number in zip(leads, numbers(40), strict=True)
    ]
    made = planning.plan(line.workspace, recipients, lines)
    assert set(made.skipped[planning.OPTED_OUT]) == opted_out

    chosen = choosing.choose_lines(line.workspace, [one.address for one in recipients if not one.skip], lines)
    by_address = {one.address: one.key for one in recipients}
    for number, over in chosen.items():
        assert over
        say(over, address=number, origin=Origin.API)
    days: dict[int, list[int]] = {one.pk: [] for one in lines}
    went: set[int] = set()
    for _ in made.days:
        sent = [message for _ in range(40) for message in claim(200)]
        for one in lines:
            days[one.pk].append(Counter(message.line_id for message in sent)[one.pk])
        went |= {by_address[message.address] for message in sent}
        for message in sent:
            record.accepted(message.attempts.get().pk, answer(f"g{message.pk}"))
        for row in LineDay.objects.order_by("day"):  # a day goes by; the oldest first, so that no two meet
            LineDay.objects.filter(pk=row.pk).update(day=F("day") - timedelta(days=1))
        Message.objects.filter(state=State.QUEUED).update(run_at=timezone.now(), hold="")
    assert went == set(made.sendable)
    planned = {one.line.pk: {day.day: day.messages for day in one.days} for one in made.lines}
    calendar = [day.day for day in made.days]
    assert days == {pk: [found.get(day, 0) for day in calendar] for pk, found in planned.items()}
    assert not Message.objects.filter(state=State.QUEUED).exists()


def test_each_line_is_measured_by_its_own_conversations_in_one_query(
    line: Line, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    quiet = make_line(line.workspace)
    long_ago, answered, unanswered, refused = (say(line, address=address) for address in numbers(4))
    for days, message in ((20, long_ago), (3, answered), (2, unanswered)):
        made_sent(message)
        Message.objects.filter(pk=message.pk).update(at=timezone.now() - timedelta(days=days), quota_day=quota.today(line))
    Message.objects.filter(pk=refused.pk).update(state=State.FAILED)
    inbox.store(line, [heard("Hello", answered.address)])
    ingest.apply_waiting()
    LineDay.objects.create(workspace=line.workspace, line=line, day=quota.today(line), started=3, sent=5)
    with django_assert_num_queries(1):
        found = line_figures.figures_of([line.pk, quiet.pk])
    assert found == {line.pk: standing.Figures(2, 1, 1, 5, 1), quiet.pk: standing.Figures(0, 0, 0, 0, 0)}


def test_figures_warn_before_a_line_rests(line: Line) -> None:
    Line.objects.update(rest_after=10)
    line.refresh_from_db()
    standing.judge(line, standing.Figures(started=40, answered=1, streak=6, sent=40, failed=0))
    assert len(standing.warnings(line)) == 2
    assert not standing.of([line])[line.pk].rests
    standing.judge(line, standing.Figures(started=44, answered=1, streak=10, sent=44, failed=0))
    line.refresh_from_db()
    assert line.rest_until
    assert standing.wake(line, by=make_user(line.workspace))
    line.refresh_from_db()
    standing.judge(line, standing.Figures(started=45, answered=1, streak=11, sent=45, failed=0))
    line.refresh_from_db()
    assert not standing.of([line])[line.pk].rests, "somebody ended the rest: ten more, and it rests again"
    standing.judge(line, standing.Figures(started=55, answered=1, streak=20, sent=55, failed=0))
    line.refresh_from_db()
    assert standing.of([line])[line.pk].rests


def test_slices_that_no_limit_reads_any_more_are_deleted(line: Line) -> None:
    now = timezone.now()
    for age in (timedelta(days=8), timedelta(hours=26), timedelta(0)):
        LineSlice.objects.create(workspace=line.workspace, line=line, begins=slice_of(now - age), sent=1)
    assert places.forget_old_slices() == 1
    assert LineSlice.objects.filter(begins__gte=now - timedelta(hours=27)).count() == 2
