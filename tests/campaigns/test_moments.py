"""A reply or a stop at each moment of a campaign's step, one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.utils import timezone

from campaigns import settling
from campaigns.models import Campaign, Enrolment
from campaigns.vocabulary import NodeKind
from conversations.campaigning import steps
from conversations.models import Attempt, Message
from conversations.sending import outbox, record
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from tests.campaigns.engine import (
    FOLLOW_UP,
    INTRO,
    enrol,
    go,
    hear,
    house,
    lead,
    number_of,
    running,
    state_of,
    step,
    steps_of,
    text,
    wait,
)
from tests.campaigns.racing import answered, begun, claimed, written

pytestmark = pytest.mark.django_db(transaction=True)

MOMENTS: list[tuple[Callable[[], None], int]] = [(begun, 0), (written, 0), (claimed, 1), (answered, 1)]


@pytest.mark.parametrize(
    "stops", [lambda one: settling.stop_for_reply(one.lead, timezone.now()), lambda one: Campaign.objects.update(status="stopped")]
)
def test_the_gate_asks_itself_what_nobody_has_cancelled_yet(stops: Callable[[Enrolment], object]) -> None:
    """Whoever was to cancel the message is killed before, or finds it claimed; the enrolment goes on, or has yet to end."""
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), step(NodeKind.BRANCH, test="replied", yes=[wait(days=1)])])
    (enrolment,) = enrol(campaign, lead(workspace))
    written()
    stops(enrolment)
    assert Enrolment.objects.get().state == "active"
    assert outbox.claim(1, room=10)[0] == []
    assert Message.objects.get().state == "cancelled"


@pytest.mark.parametrize("words", ["Tell me more", "STOP"])
@pytest.mark.parametrize(("moment", "sent"), MOMENTS)
def test_a_reply_at_each_moment_of_a_step(moment: Callable[[], None], sent: int, words: str) -> None:
    workspace, line = house()
    campaign = running(workspace, [text(INTRO), text(FOLLOW_UP)])
    priya = lead(workspace)
    (enrolment,) = enrol(campaign, priya)
    moment()
    hear(line, priya, words)
    for attempt in Attempt.objects.filter(state="open"):
        record.accepted(attempt.pk, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))
    steps.sweep()
    go()
    assert Attempt.objects.filter(message__origin="campaign").count() == sent
    assert state_of(enrolment) == ("stopped", "replied" if words != "STOP" else "opted_out")
    assert steps_of(enrolment)[0][1] == ("executed" if sent else "skipped")
    waiting = Message.objects.filter(origin="campaign").exclude(state="sent")
    assert set(waiting.values_list("state", flat=True)) <= {"cancelled"}
    assert number_of(priya)
