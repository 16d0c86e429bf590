"""Steps are taken many at a time: as cheaply, as safely, and no step at the cost of another."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from campaigns import actions, beginning, engine
from campaigns.models import Enrolment, Execution
from conversations.campaigning import step_taking
from conversations.models import Conversation, Message
from tests.campaigns.engine import INTRO, drafted, enrol, go, house, later, lead, running, said, state_of, text, wait
from tests.core import make_line, make_user
from tests.threads import in_background


@pytest.mark.django_db
def test_a_step_costs_a_hundred_no_more_queries_than_two() -> None:
    workspace, _ = house()
    make_line(workspace, max_in_flight=100)
    costs = []
    for count in (2, 20):
        campaign = running(workspace, [wait(days=1), text(INTRO), wait(mode="read", days=1), text("Again")])
        people = [lead(workspace) for _ in range(count)]
        enrol(campaign, *people)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            beginning.begin(campaign.pk)
            later(days=2)
            assert engine.decide(campaign.pk, step_taking.intents_of) == count
            assert step_taking.take(campaign.pk) == count
        costs.append(len(queries))
    assert costs[0] == costs[1] < 60


@pytest.mark.django_db
def test_a_step_that_cannot_be_taken_holds_up_no_other() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=1), text("Again")])
    people = [lead(workspace, name) for name in ("Priya", "Marcus", "Dana")]
    enrolments = enrol(campaign, *people)
    beginning.begin(campaign.pk)
    Enrolment.objects.filter(pk=enrolments[1].pk).update(version=None)  # nothing the engine could make of it
    go()
    assert [len(said(one)) for one in people] == [1, 0, 1]
    broken = Execution.objects.get(enrolment=enrolments[1])
    assert (broken.state, broken.handed_at) == ("pending", None)
    assert "tried again" in broken.why
    assert broken.due_at > timezone.now() + timedelta(minutes=4)
    Enrolment.objects.filter(pk=enrolments[1].pk).update(version=campaign.version)
    later(minutes=6)
    go()
    assert len(said(people[1])) == 1


@pytest.mark.django_db
def test_new_people_of_one_batch_are_shared_out_over_the_lines() -> None:
    workspace, line = house()
    other = make_line(workspace, max_in_flight=100, daily_new_limit=10_000)
    campaign = running(workspace, [text(INTRO)])
    enrol(campaign, *(lead(workspace) for _ in range(10)))
    go()
    assert Counter(Message.objects.values_list("line", flat=True)) == {line.pk: 5, other.pk: 5}
    assert set(Conversation.objects.values_list("campaign", flat=True)) == {campaign.pk}


@pytest.mark.django_db(transaction=True)
def test_two_campaigns_that_begin_the_same_people_at_once_begin_each_once() -> None:
    workspace, _ = house()
    people = [lead(workspace) for _ in range(30)]
    drafts = [drafted(workspace, [text(INTRO)]) for _ in range(2)]
    for campaign in drafts:
        enrol(campaign, *people)
    for campaign in drafts:
        actions.start(campaign, by=campaign.sender or make_user(workspace))
    barrier = threading.Barrier(2)
    ids = iter([one.pk for one in drafts])

    def work() -> None:
        campaign_id = next(ids)
        barrier.wait()
        beginning.begin(campaign_id)

    in_background(work, 2)()
    begun = Enrolment.objects.filter(state="active").exclude(begun_at=None)
    assert Counter(begun.values_list("lead", flat=True)) == Counter(one.pk for one in people)
    assert Enrolment.objects.filter(stop_reason="overlap").count() == len(people)
    assert {state_of(one) for one in Enrolment.objects.filter(begun_at=None)} == {("stopped", "overlap")}
