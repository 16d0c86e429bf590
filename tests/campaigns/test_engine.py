"""What a campaign does for a lead, step by step, on real rows and through the real gate."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from campaigns import settling
from campaigns.models import Enrolment, Execution
from campaigns.tree import Step
from campaigns.vocabulary import ExecutionState, NodeKind
from conversations.campaigning import steps
from conversations.models import Attempt, Conversation, ConversationTag, Message, Task
from conversations.readings import understanding
from conversations.receiving import receipts
from leads.models import Lead
from lines.gateways.base import MessageStatus, Service, State
from tests.campaigns.engine import (
    FOLLOW_UP,
    INTRO,
    enrol,
    go,
    hear,
    house,
    later,
    lead,
    running,
    said,
    state_of,
    step,
    steps_of,
    text,
    wait,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def test_writes_waits_and_writes_again_until_the_end() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=2), text(FOLLOW_UP)])
    priya = lead(workspace)
    (enrolment,) = enrol(campaign, priya)
    go()
    assert said(priya) == [("Hi Priya, Bob at Northwind.", "sent")]
    later(days=1.9)
    go()
    assert len(said(priya)) == 1
    later(days=0.2)
    go()
    assert said(priya)[1] == (FOLLOW_UP, "sent")
    assert state_of(enrolment) == ("completed", "")
    assert [state for _, state in steps_of(enrolment)] == ["executed"] * 3
    conversation = Conversation.objects.get(lead=priya)
    assert (conversation.campaign, conversation.campaign_name) == (campaign, campaign.name)
    message = Message.objects.filter(conversation=conversation).earliest("pk")
    assert (message.origin, message.author, message.campaign, message.variant) == ("campaign", campaign.sender, campaign, "")
    assert message.dedupe_key == f"node:{message.execution_id}"


def test_a_reply_ends_it_and_takes_what_waits_with_it() -> None:
    workspace, line = house()
    campaign = running(workspace, [text(INTRO), wait(days=2), text(FOLLOW_UP)])
    priya = lead(workspace)
    (enrolment,) = enrol(campaign, priya)
    go()
    hear(line, priya)
    later(days=3)
    go()
    assert state_of(enrolment) == ("stopped", "replied")
    assert len(said(priya)) == 1
    assert [state for _, state in steps_of(enrolment)] == ["executed", "skipped"]


def test_a_reply_goes_to_the_branch_that_asks_for_it() -> None:
    workspace, line = house()
    task = step(NodeKind.NOTIFY, "Tell Bob", text="{{ lead.name }} answered")
    branch = step(NodeKind.BRANCH, "Replied?", test="replied", days=1, yes=[task], no=[text(FOLLOW_UP)])
    campaign = running(workspace, [text(INTRO), wait(days=2), branch])
    priya, marcus = lead(workspace), lead(workspace, "Marcus Oyelaran")
    one, other = enrol(campaign, priya, marcus)
    go()
    hear(line, priya)
    go()
    assert steps_of(one) == [(INTRO[:20], "executed"), ("Wait", "skipped"), ("Replied?", "executed"), ("Tell Bob", "executed")]
    assert state_of(one) == ("completed", "")
    told = Task.objects.get()
    assert told.title == "Priya Raman: Priya Raman answered"
    assert not told.overdue  # nobody has had a chance to look at it
    later(days=2.1)
    go()
    later(days=1.1)
    go()
    assert said(marcus)[1] == (FOLLOW_UP, "sent")
    assert state_of(other) == ("completed", "")


def test_a_read_is_waited_for_and_noticed_at_once() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(mode="read", days=3), text(FOLLOW_UP)])
    priya = lead(workspace)
    enrol(campaign, priya)
    go()
    assert len(said(priya)) == 1
    read(priya)
    go()
    assert len(said(priya)) == 2
    assert Execution.objects.get(node__kind="wait").why == "The last message was read"


def read(one: Lead) -> None:
    """A read receipt of the newest message arrives."""
    attempt = Attempt.objects.filter(message__conversation__lead=one).latest("pk")
    assert attempt.line
    now = timezone.now()
    event = MessageStatus(
        dedupe_key="r",
        vendor_message_id=attempt.vendor_id,
        occurred_at=now,
        state=State.READ,
        service=Service.IMESSAGE,
        read_at=now,
    )
    receipts.status(attempt.line, event)


def test_each_step_without_a_message_does_what_it_says() -> None:
    workspace, _ = house()
    tree = [
        text(INTRO),
        step(NodeKind.TAG, tag="Fintech"),
        step(NodeKind.LINKEDIN, text="Connect with {{ lead.first_name }}"),
        step(NodeKind.EMAIL, subject="For {{ lead.first_name }}", texts=[{"letter": "A", "body": "Dear {{ lead.name }}"}]),
        step(NodeKind.STOP, note="Done"),
        text("Never"),
    ]
    campaign = running(workspace, tree)
    priya = lead(workspace, "Priya Raman", "+12025560001", "priya@ledgerline.example")
    (enrolment,) = enrol(campaign, priya)
    go()
    assert state_of(enrolment) == ("stopped", "stop_node")
    assert ConversationTag.objects.get().tag.name == "Fintech"
    linkedin, email = Task.objects.order_by("pk")
    assert linkedin.title == "LinkedIn · Priya Raman: Connect with Priya"
    assert linkedin.assignee == campaign.sender
    assert email.text == "For Priya\n\nTo: priya@ledgerline.example\n\nDear Priya Raman"
    assert [body for body, _ in said(priya)] == ["Hi Priya, Bob at Northwind."]


def test_branches_know_icp_persona_imessage_and_intent() -> None:
    workspace, _ = house()

    def branch(**settings: Any) -> Step:
        return step(NodeKind.BRANCH, str(settings["test"]), yes=[step(NodeKind.STOP, "yes")], **settings)

    cases: list[tuple[dict[str, Any], bool]] = [
        ({"test": "persona", "values": ["Finance leader"]}, True),
        ({"test": "persona", "values": ["Ops leader"]}, False),
        ({"test": "icp", "values": ["Fintech"]}, False),
        ({"test": "imessage"}, False),
        ({"test": "intent", "statuses": ["positive"]}, False),
    ]
    for settings, yes in cases:
        campaign = running(workspace, [branch(**settings), text(INTRO)], overlap="allow")
        (enrolment,) = enrol(campaign, lead(workspace, persona="Finance leader"))
        go()
        assert (state_of(enrolment)[0] == "stopped") is yes, settings


def test_what_went_as_sms_after_all_is_told_and_taken_once() -> None:
    workspace, _ = house()
    (enrolment,) = enrol(running(workspace, [text(INTRO), wait(days=1)]), lead(workspace))
    steps.drain()
    visit = Execution.objects.get()
    for service in ("iMessage", "SMS"):
        settling.settle(visit.pk, settling.Outcome(ExecutionState.EXECUTED, f"Sent as {service}"))
    assert Execution.objects.get(pk=visit.pk).why == "Sent as SMS"
    assert [state for _, state in steps_of(enrolment)] == ["executed", "waiting"]


def test_who_is_excluded_or_opted_out_meanwhile_gets_no_further_step() -> None:
    workspace, line = house()
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    priya, marcus = lead(workspace), lead(workspace, "Marcus")
    one, other = enrol(campaign, priya, marcus)
    go()
    type(priya).objects.filter(pk=priya.pk).update(status="excluded")
    hear(line, marcus, "STOP")
    later(days=2)
    go()
    assert state_of(one) == ("stopped", "excluded")
    assert state_of(other) == ("stopped", "opted_out")
    assert len(said(priya)) == len(said(marcus)) == 1


def test_a_text_is_a_variant_where_there_are_several() -> None:
    workspace, _ = house()
    wordings = [{"letter": "A", "body": "One"}, {"letter": "B", "body": "Other"}]
    enrol(
        running(workspace, [step(NodeKind.IMESSAGE, texts=wordings), text(FOLLOW_UP)]), lead(workspace), lead(workspace, "Marcus")
    )
    go()
    assert set(Message.objects.values_list("body", "variant")) == {("One", "A"), ("Other", "B"), (FOLLOW_UP, "")}


def test_who_leaves_by_asking_for_it_in_a_reply_has_opted_out() -> None:
    workspace, line = house()
    priya, marcus = lead(workspace), lead(workspace, "Marcus")
    enrolments = enrol(running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)]), priya, marcus)
    go()
    hear(line, marcus, "Who is this?")
    for one in (priya, marcus):
        hear(line, one, "please take me off your list and stop texting me")
    assert [state_of(one) for one in enrolments] == [("stopped", "replied")] * 2
    understanding.read_waiting()
    assert [state_of(one) for one in enrolments] == [("stopped", "opted_out"), ("stopped", "replied")]


def test_what_cannot_be_filled_in_is_not_sent() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text("Hi {{ lead.first_name }} of {{ company.name }}")])
    (enrolment,) = enrol(campaign, lead(workspace))
    go()
    assert state_of(enrolment) == ("stopped", "failed")
    assert Enrolment.objects.get().stop_detail == "Nothing is known for company."
    assert not Message.objects.exists()
