"""What failed and is sent once more goes round no rule of its campaign, whenever the campaign changed (S0-118, S0-124)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns import actions, nodes
from campaigns.models import Campaign, Enrolment
from campaigns.vocabulary import EnrolmentState, ExecutionState, StopReason
from conversations.campaigning import steps
from conversations.models import Message
from conversations.receiving import incoming, receipts
from conversations.refusals import Refused
from conversations.sending import outbox, record, retrying
from conversations.vocabulary import CancelReason, Hold, Origin, State
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from lines.gateways.base import Failure, Reason, SendResult, Service
from lines.gateways.base import MessageStatus as Receipt
from lines.gateways.base import State as GatewayState
from lines.models import Line
from tests.campaigns.engine import enrol, house, lead, running, text, wait
from tests.core import heard, make_user, say

pytestmark = pytest.mark.django_db

UNREACHABLE = Failure(Reason.UNREACHABLE, transient=False, vendor_code="30003")


def failed_step(on_failure: str = nodes.STOP) -> tuple[Campaign, Enrolment, Message]:
    """A campaign whose first message to its one lead was not delivered."""
    workspace, _ = house()
    campaign = running(workspace, [text("First", on_failure=on_failure), text("Second")])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    claims, _ = outbox.claim(1, room=5)
    record.refused(claims[0].attempt_id, UNREACHABLE)
    return campaign, enrolment, Message.objects.get()


def again(message: Message, campaign: Campaign) -> Message:
    rows = Message.objects.select_related(
        "workspace", "conversation__workspace", "conversation__lead__company", "conversation__line"
    )
    assert campaign.sender
    return retrying.retry(rows.get(pk=message.pk), author=campaign.sender)


def stop(campaign: Campaign, enrolment: Enrolment) -> None:
    actions.stop(campaign, by=None)


def pause(campaign: Campaign, enrolment: Enrolment) -> None:
    actions.pause(campaign, by=None)


def remove(campaign: Campaign, enrolment: Enrolment) -> None:
    actions.stop_enrolment(enrolment, by=campaign.sender)


def close(campaign: Campaign, enrolment: Enrolment) -> None:
    tomorrow = timezone.now().isoweekday() % 7 + 1
    Campaign.objects.filter(pk=campaign.pk).update(send_days=[tomorrow % 7 + 1])


@pytest.mark.parametrize(
    ("change", "ends"),
    [
        (stop, (State.CANCELLED, CancelReason.CAMPAIGN, "")),
        (remove, (State.CANCELLED, CancelReason.CAMPAIGN, "")),
        (pause, (State.QUEUED, "", Hold.CAMPAIGN_PAUSED)),
        (close, (State.QUEUED, "", Hold.CAMPAIGN_TIME)),
    ],
)
def test_the_campaign_still_decides_when_it_leaves(
    change: Callable[[Campaign, Enrolment], None], ends: tuple[str, str, str]
) -> None:
    campaign, enrolment, failed = failed_step(nodes.GO_ON)
    copy = again(failed, campaign)
    change(campaign, enrolment)
    for _ in range(3):
        outbox.claim(1, room=5)
    copy.refresh_from_db()
    assert (copy.state, copy.reason, copy.hold) == ends


def test_of_a_campaign_that_was_stopped_nothing_is_sent_again() -> None:
    campaign, enrolment, failed = failed_step()
    stop(campaign, enrolment)
    enrolment.refresh_from_db()
    assert enrolment.stop_reason == "failed", "it had ended before"
    with pytest.raises(Refused, match="was stopped"):
        again(failed, campaign)


def test_what_was_heard_to_have_arrived_after_all_does_not_go_again() -> None:
    campaign, _, failed = failed_step()
    copy = again(failed, campaign)
    Message.objects.filter(pk=failed.pk).update(delivered_at=timezone.now())
    assert outbox.claim(1, room=5)[0] == []
    copy.refresh_from_db()
    assert (copy.state, copy.reason) == (State.CANCELLED, CancelReason.NOT_NEEDED)


def test_an_opt_out_is_not_confirmed_a_second_time_later() -> None:
    workspace, line = house(reply_to_opted_out=True)
    confirmation = say(line, "You are opted out.", origin=Origin.CONFIRMATION)
    optouts.opt_out(workspace, confirmation.address, Proof(source=OptOut.Source.KEYWORD))
    claims, _ = outbox.claim(1, room=1)
    record.refused(claims[0].attempt_id, UNREACHABLE)
    with pytest.raises(Refused, match="at once or not at all"):
        retrying.retry(confirmation, author=make_user(workspace))


def test_who_left_only_because_it_failed_gets_it_again_and_again() -> None:
    campaign, _, failed = failed_step()
    copy = again(failed, campaign)
    claims, _ = outbox.claim(1, room=5)
    record.refused(claims[0].attempt_id, UNREACHABLE)
    assert len(outbox.claim(1, room=5)[0]) == 0
    third = again(copy, campaign)
    assert len(outbox.claim(1, room=5)[0]) == 1
    third.refresh_from_db()
    assert third.state == State.SENDING


@pytest.mark.parametrize("way", ["retried", "heard late"])
def test_whose_failed_message_arrives_after_all_goes_on_with_the_campaign(way: str) -> None:
    campaign, enrolment, failed = failed_step()
    enrolment.refresh_from_db()
    assert enrolment.stop_reason == StopReason.FAILED
    if way == "retried":
        again(failed, campaign)
        claims, _ = outbox.claim(1, room=5)
        record.accepted(claims[0].attempt_id, SendResult("again", GatewayState.SENT, Service.IMESSAGE))
    else:
        attempt = failed.attempts.get()
        attempt.vendor_id = "late"
        attempt.save()
        receipts.status(
            claimed_line(failed),
            Receipt(dedupe_key="late", occurred_at=timezone.now(), vendor_message_id="late", state=GatewayState.DELIVERED),
        )
    enrolment.refresh_from_db()
    assert (enrolment.state, enrolment.stop_reason) == (EnrolmentState.ACTIVE, "")
    assert [one.state for one in enrolment.executions.order_by("pk")] == [ExecutionState.EXECUTED, ExecutionState.PENDING]


def test_a_wait_begins_anew_when_the_message_before_it_arrives_after_all() -> None:
    workspace, _ = house()
    campaign = running(workspace, [text("First"), wait(days=2), text("Second")])
    (enrolment,) = enrol(campaign, lead(workspace))
    steps.drain()
    claims, _ = outbox.claim(1, room=5)
    record.accepted(claims[0].attempt_id, SendResult("first", GatewayState.SENT, Service.IMESSAGE))
    failed, now = Message.objects.get(), timezone.now()
    lost = Receipt(dedupe_key="f", occurred_at=now, vendor_message_id="first", state=GatewayState.FAILED, failure=UNREACHABLE)
    receipts.status(claimed_line(failed), lost)
    assert [one.state for one in enrolment.executions.order_by("pk")] == [ExecutionState.FAILED, ExecutionState.SKIPPED]
    failed.refresh_from_db()
    again(failed, campaign)
    claims, _ = outbox.claim(1, room=5)
    record.accepted(claims[0].attempt_id, SendResult("again", GatewayState.SENT, Service.IMESSAGE))
    steps.drain()
    _, standing = enrolment.executions.select_related("node").order_by("pk")
    assert (standing.node.kind, standing.state) == ("wait", ExecutionState.WAITING)
    assert standing.due_at > now + timedelta(days=1)


def test_who_has_answered_since_does_not_come_back() -> None:
    campaign, enrolment, failed = failed_step()
    again(failed, campaign)
    claims, _ = outbox.claim(1, room=5)
    incoming.receive(claimed_line(failed), heard("Who is this?", failed.address))
    record.accepted(claims[0].attempt_id, SendResult("again", GatewayState.SENT, Service.IMESSAGE))
    enrolment.refresh_from_db()
    assert enrolment.state == EnrolmentState.STOPPED


def claimed_line(message: Message) -> Line:
    assert message.line
    return message.line
