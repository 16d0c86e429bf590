"""Against the clock, on real locks: workers, replies, opt-outs, pauses and edits at the same moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from campaigns import actions, beginning, editing, engine, settling
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.vocabulary import ExecutionState, NodeKind, Source
from conversations.campaigning import dripping, step_taking, steps
from conversations.models import Attempt, Conversation, Message
from conversations.refusals import Refused
from conversations.sending import outbox
from tests.campaigns.engine import (
    FOLLOW_UP,
    INTRO,
    enrol,
    hear,
    house,
    lead,
    number_of,
    running,
    state_of,
    step,
    steps_of,
    text,
)
from tests.campaigns.racing import answered, at_work, begun, ended, open_house
from tests.core import make_user, somebody_waits
from tests.threads import in_background, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def test_eight_workers_take_each_step_once_while_the_workflow_is_edited_and_paused() -> None:
    workspace, _, people = open_house(10)
    branch = step(NodeKind.BRANCH, "Persona", test="persona", values=["Nobody"], yes=[text("Never")], no=[text("Second")])
    campaign = running(workspace, [text("First"), branch, text("Third"), step(NodeKind.NOTIFY, text="Look")])
    with at_work(8):
        actions.enrol(campaign, [one.pk for one in people], source=Source.SELECTION)
        wait_for(lambda: Message.objects.filter(state="sent").count() >= 4)
        assert actions.pause(campaign, by=None)
        editing.change(campaign, lambda tree: tree[2].settings.update(text("Other").settings), by=None)
        actions.publish(campaign, by=None)
        assert actions.resume(campaign, by=None)
        wait_for(ended)
    assert set(Enrolment.objects.values_list("state", flat=True)) == {"completed"}
    said = Counter(Message.objects.values_list("conversation__lead", "body"))
    assert max(said.values()) == 1
    bodies = Counter(body for _, body in said)
    assert bodies["First"] == bodies["Second"] == bodies["Third"] + bodies["Other"] == len(people)
    assert bodies["Never"] == 0
    visits = Execution.objects.values("enrolment", "node__key").annotate(n=Count("pk"))
    assert {one["n"] for one in visits} == {1}


def test_after_a_pause_has_committed_nothing_begins() -> None:
    workspace, _, people = open_house(12)
    campaign = running(workspace, [text(INTRO), text(FOLLOW_UP)])
    actions.enrol(campaign, [one.pk for one in people], source=Source.SELECTION)
    with at_work(4):
        wait_for(lambda: Attempt.objects.count() >= 5)
        actions.pause(campaign, by=None)
        paused = timezone.now()
        held = Message.objects.filter(state="queued", hold="camp_paused")
        wait_for(lambda: not Message.objects.filter(state="queued").exclude(hold="camp_paused").exists() or held.exists())
        before = Attempt.objects.count()
        assert not Attempt.objects.filter(started_at__gt=paused).exists()
        assert before < 2 * len(people)
        actions.resume(campaign, by=None)
        wait_for(ended)
    assert Message.objects.filter(state="sent").count() == 2 * len(people)


def test_who_begins_while_a_version_is_published_follows_it() -> None:
    """Whoever begins them waits until it is in force: else they would follow the old one for good, as everybody has been moved."""
    workspace, _ = house()
    campaign = running(workspace, [text("Old words")])
    (enrolment,) = enrol(campaign, lead(workspace))
    editing.change(campaign, lambda tree: tree[0].settings.update(text("New words").settings), by=None)
    with transaction.atomic():
        version = actions.publish(campaign, by=None)
        join = in_background(begun, 1)
        wait_for(somebody_waits)
    join()
    enrolment.refresh_from_db()
    assert enrolment.version == version


def test_what_one_worker_has_claimed_the_others_pass_over() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO)])
    enrol(campaign, *(lead(workspace) for _ in range(3)))
    begun()
    taken_: list[int] = []
    with transaction.atomic():
        assert step_taking.take(campaign.pk, 2) == 2
        join = in_background(lambda: taken_.append(step_taking.take(campaign.pk)), 1)
        wait_for(lambda: bool(taken_))
    join()
    assert taken_ == [1]


def test_what_is_paused_is_not_claimed() -> None:
    """Also where it was found to be at work a moment before."""
    workspace, _ = house()
    campaign = running(workspace, [step(NodeKind.BRANCH, test="persona", values=["Nobody"]), text(INTRO)])
    first, second, third = enrol(campaign, *(lead(workspace) for _ in range(3)))
    begun()
    actions.pause_enrolment(first, by=None)
    assert engine.decide(campaign.pk, step_taking.intents_of) == 2
    actions.pause_enrolment(second, by=None)
    assert step_taking.take(campaign.pk) == 1
    actions.resume_enrolment(first, by=None)
    actions.pause(campaign, by=None)
    assert engine.decide(campaign.pk, step_taking.intents_of) == step_taking.take(campaign.pk) == 0
    enrol(campaign, lead(workspace))
    assert beginning.begin(campaign.pk) == 0
    assert [len(steps_of(one)) for one in (first, second, third)] == [1, 2, 2]


HALTS: dict[str, Callable[[Enrolment], object]] = {
    "campaign paused": lambda one: actions.pause(one.campaign, by=None),
    "campaign stopped": lambda one: actions.stop(one.campaign, by=None),
    "enrolment paused": lambda one: actions.pause_enrolment(one, by=None),
    "enrolment stopped": lambda one: actions.stop_enrolment(one, by=None),
    "reply from another address": lambda one: actions.stop_for_reply(one.lead, timezone.now()),
}


@pytest.mark.parametrize("halt", HALTS.values(), ids=HALTS)
def test_a_halt_waits_for_the_claim_that_is_open(halt: Callable[[Enrolment], object]) -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), text(FOLLOW_UP)])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    with transaction.atomic():
        outbox.claim(1, room=1)
        join = in_background(lambda: assert_(bool(halt(enrolment))), 1)
        wait_for(somebody_waits)
        assert (Campaign.objects.get().status, Enrolment.objects.get().state) == ("running", "active")
    join()
    assert (Campaign.objects.get().status, Enrolment.objects.get().state) != ("running", "active")
    answered()
    assert Attempt.objects.count() == 1


def test_a_stop_sees_the_step_that_a_message_sent_at_the_same_moment_leads_to() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), text(FOLLOW_UP)])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    with transaction.atomic():
        assert settling.settle(Execution.objects.get().pk, settling.Outcome(ExecutionState.EXECUTED, "Sent"))
        join = in_background(lambda: actions.stop_enrolment(enrolment, by=None), 1)
        wait_for(somebody_waits)
    join()
    assert [state for _, state in steps_of(enrolment)] == ["executed", "skipped"]


def assert_(done: bool) -> None:
    assert done


@pytest.mark.parametrize("words", ["Tell me more", "STOP"])
def test_who_writes_while_steps_are_taken_gets_nothing_that_begins_later(words: str) -> None:
    workspace, lines, people = open_house(4)
    campaign = running(workspace, [text(f"Text {n}") for n in range(8)])
    actions.enrol(campaign, [one.pk for one in people], source=Source.SELECTION)
    with at_work(4):
        wrote: dict[int, datetime] = {}
        for one in people[:3]:
            theirs = Attempt.objects.filter(message__conversation__lead=one)
            wait_for(theirs.exists)
            hear(lines[0], one, words)
            wrote[one.pk] = timezone.now()
        wait_for(ended)
    for pk, at in wrote.items():
        assert not Attempt.objects.filter(message__conversation__lead=pk, started_at__gt=at).exists()
    why = "replied" if words != "STOP" else "opted_out"
    reasons = Counter(Enrolment.objects.filter(lead__in=wrote).values_list("stop_reason", flat=True))
    assert reasons[why] > len(wrote) / 2
    assert reasons[why] + reasons[""] == len(wrote)
    assert not Execution.objects.filter(recall=True).exists()


def test_whom_two_campaigns_would_begin_at_once_one_begins() -> None:
    workspace, _ = house()
    first, second = (running(workspace, [text(INTRO)]) for _ in range(2))
    priya = lead(workspace)
    enrolled = Enrolment.objects.bulk_create(
        Enrolment(workspace=workspace, campaign=one, lead=priya, source=Source.SELECTION) for one in (first, second)
    )
    with transaction.atomic():
        assert beginning.begin(first.pk) == 1
        join = in_background(lambda: beginning.begin(second.pk), 1)
        wait_for(somebody_waits)
    join()
    assert [state_of(one) for one in enrolled] == [("active", ""), ("stopped", "overlap")]


def test_a_drip_that_two_apply_at_once_is_applied_once() -> None:
    workspace, line = house()
    drip = running(workspace, [text(INTRO, days=1)], kind="drip")
    priya, bob = lead(workspace), make_user(workspace)
    thread = Conversation.objects.create(workspace=workspace, lead=priya, line=line, address=number_of(priya))

    def apply() -> None:
        with pytest.raises(Refused, match="runs for this contact already"):
            dripping.apply(thread, drip, by=bob)

    with transaction.atomic():
        dripping.apply(thread, drip, by=bob)
        join = in_background(apply, 1)
        wait_for(somebody_waits)
    join()
    assert Enrolment.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize("same", [True, False], ids=["in one campaign", "in two"])
def test_two_who_enrol_the_same_leads_at_once_enrol_each_once(same: bool) -> None:
    workspace, _, people = open_house(3)
    first = running(workspace, [text(INTRO)])
    second = first if same else running(workspace, [text(INTRO)])
    ids = [one.pk for one in people]
    late: list[actions.Enrolled] = []
    with transaction.atomic():
        early = actions.enrol(first, ids, source=Source.SELECTION)
        join = in_background(lambda: late.append(actions.enrol(second, ids, source=Source.SELECTION)), 1)
        wait_for(somebody_waits)
    join()
    assert (early.enrolled, late[0].enrolled, late[0].chosen) == (3, 0, 3)
    assert Enrolment.objects.count() == len(people)
