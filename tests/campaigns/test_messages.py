"""To which address, over which line and as what a step writes; and what is done where it cannot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from campaigns import making
from campaigns.models import CampaignLine, Enrolment, Execution
from campaigns.vocabulary import NodeKind
from conversations.campaigning import steps
from conversations.models import Attempt, Conversation, Message
from conversations.sending import outbox
from leads.models import Address
from lines.gateways.vocabulary import FallbackWhen
from lines.models import Line
from tests.campaigns.engine import FOLLOW_UP, INTRO, enrol, go, hear, house, later, lead, running, said, state_of, step, text, wait
from tests.core import make_line, make_user, make_workspace
from workspaces.models import Membership

pytestmark = pytest.mark.django_db

PHONE, SECOND, EMAIL = "+12025560001", "+12025560002", "priya@ledgerline.example"


@pytest.mark.parametrize(
    ("known", "settings", "expected"),
    [
        ({}, {}, (PHONE, "", list(FallbackWhen))),
        ({SECOND: "available"}, {}, (SECOND, "", list(FallbackWhen))),
        ({PHONE: "unavailable", EMAIL: "available"}, {}, (EMAIL, "", list(FallbackWhen))),
        ({PHONE: "unavailable", SECOND: "unavailable", EMAIL: "unavailable"}, {}, (PHONE, "", list(FallbackWhen))),
        ({PHONE: "unavailable"}, {"fallback": []}, (SECOND, "imessage", [])),
        ({}, {"fallback": ["fails"]}, (PHONE, "", [FallbackWhen.FAILS])),
        ({PHONE: "unavailable", SECOND: "unavailable", EMAIL: "unavailable"}, {"fallback": []}, None),
    ],
)
def test_the_first_address_with_imessage_else_sms_where_the_step_allows_it(
    known: dict[str, str], settings: dict[str, Any], expected: tuple[str, str, list[FallbackWhen]] | None
) -> None:
    workspace, _ = house()
    someone = lead(workspace, "Priya Raman", PHONE, SECOND, EMAIL)
    for value, availability in known.items():
        Address.objects.filter(value=value).update(availability=availability)
    (enrolment,) = enrol(running(workspace, [text(INTRO, **settings)]), someone)
    steps.drain()
    if expected is None:
        assert state_of(enrolment) == ("stopped", "failed")
        assert "sends no SMS" in Execution.objects.get().why
    else:
        message = Message.objects.get()
        assert (message.address, message.requested_channel, message.fallback) == expected


def test_who_has_no_imessage_is_sent_an_sms_by_the_same_step() -> None:
    workspace, _ = house()
    known, unknown = lead(workspace, "Priya Raman", PHONE), lead(workspace, "Ana Ruiz", SECOND)
    Address.objects.filter(value=PHONE).update(availability="unavailable")
    enrol(running(workspace, [text(INTRO)]), known, unknown)
    steps.drain()
    outbox.claim(1, room=2)
    assert dict(Attempt.objects.values_list("message__address", "channel")) == {PHONE: "sms", SECOND: "imessage"}


def test_an_sms_step_needs_a_number_and_a_line_that_texts() -> None:
    workspace = make_workspace()
    line = make_line(workspace, kind=Line.Kind.SMS)
    campaign = running(workspace, [step(NodeKind.SMS, texts=[{"letter": "A", "body": "Hi"}], on_failure="go_on"), text(INTRO)])
    (enrolment,) = enrol(campaign, lead(workspace, "Priya Raman", EMAIL))
    other = lead(workspace)
    enrol(campaign, other)
    steps.drain()
    assert Execution.objects.filter(enrolment=enrolment).first().why == "They have no phone number"  # type: ignore[union-attr]
    assert state_of(enrolment) == ("stopped", "failed"), "its second step fails too, and stops"
    message = Message.objects.get()
    assert (message.line, message.requested_channel) == (line, "sms")


def test_a_person_keeps_the_line_they_know_and_waits_for_it() -> None:
    workspace, line = house()
    other = make_line(workspace, max_in_flight=100)
    campaign = running(workspace, [text(INTRO), wait(days=1), text(FOLLOW_UP)])
    CampaignLine.objects.create(workspace=workspace, campaign=campaign, line=line)
    someone = lead(workspace)
    enrol(campaign, someone)
    go()
    CampaignLine.objects.create(workspace=workspace, campaign=campaign, line=other)
    Line.objects.filter(pk=line.pk).update(status="disconnected")
    later(days=2)
    steps.drain()
    assert len(said(someone)) == 1
    assert "is not connected" in Execution.objects.latest("pk").why
    steps.sweep()
    assert not Execution.objects.filter(pk=Execution.objects.latest("pk").pk, due_at__lte=timezone.now())
    Line.objects.filter(pk=line.pk).update(status="active", status_at=timezone.now())
    steps.sweep()
    go()
    assert set(Message.objects.values_list("line", "state")) == {(line.pk, "sent")}


def test_what_waited_for_a_line_goes_over_one_that_the_campaign_is_given() -> None:
    workspace, line = house()
    other = make_line(workspace, max_in_flight=100, daily_new_limit=100)
    campaign = running(workspace, [text(INTRO)])
    CampaignLine.objects.create(workspace=workspace, campaign=campaign, line=line)
    Line.objects.filter(pk=line.pk).update(status="disconnected")
    Line.objects.update(status_at=timezone.now() - timedelta(hours=1))
    enrol(campaign, lead(workspace))
    steps.drain()
    assert Execution.objects.get().due_at > timezone.now()
    assert campaign.sender
    alice = campaign.sender
    making.change(
        campaign,
        name="Q4",
        sender=alice,
        lines=[line, other],
        send_from=None,
        send_until=None,
        send_days=[],
        overlap="skip",
        by=alice,
    )
    steps.sweep()
    go()
    assert Message.objects.get().line == other


def test_it_waits_until_a_reply_is_read_before_it_asks_what_it_means() -> None:
    workspace, line = house()
    bob = make_user(workspace)
    assign = step(NodeKind.ASSIGN, to=Membership.objects.get(user=bob).public_id)
    asks = step(NodeKind.BRANCH, "Positive?", test="intent", statuses=["positive"], yes=[assign])
    campaign = running(workspace, [text(INTRO), step(NodeKind.BRANCH, "Replied?", test="replied", yes=[asks])])
    someone = lead(workspace)
    (enrolment,) = enrol(campaign, someone)
    go()
    hear(line, someone, "Yes please, call me on Tuesday")
    go()
    assert Execution.objects.get(node__name="Positive?").why == "What they wrote is being read"
    Message.objects.filter(direction="in").update(intent_due=False)
    Conversation.objects.update(intent_status="positive", intent_reason="meeting")
    later(minutes=1)
    go()
    assert Execution.objects.get(node__name="Positive?").why == "Yes: positive · meeting"
    assert Conversation.objects.get().assignee == bob
    assert state_of(enrolment) == ("completed", "")


def test_a_branch_that_knows_its_answer_does_not_wait() -> None:
    workspace, _ = house()
    branch = step(NodeKind.BRANCH, test="read", days=9, yes=[text(FOLLOW_UP)])
    campaign = running(workspace, [text(INTRO), wait(days=1), branch])
    someone = lead(workspace)
    enrol(campaign, someone)
    go()
    Execution.objects.filter(node__kind="imessage").update(read_at="2026-01-01T00:00Z")
    later(days=2)
    go()
    assert len(said(someone)) == 2
    assert not Enrolment.objects.filter(state="active").exists()
