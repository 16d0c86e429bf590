"""Against the clock, on real locks: a STOP while hundreds of messages wait, and two first messages at once."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.receiving import ingest
from conversations.sending import gate, outbox, record, sweeping
from conversations.sending.facts import Facts
from conversations.vocabulary import CancelReason, Hold, Origin, State
from leads import exclusions, optouts, removals
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Company, ConsentEvent, Lead, OptOut
from lines import inbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import Line
from tests.core import heard, make_conversation, make_line, make_user, make_workspace, say, say_in, somebody_waits
from tests.threads import in_background, wait_for
from workspaces.models import Role, User, Workspace

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "+12025550101"
WAITING = 200


def work_until(done: threading.Event) -> None:
    """A sender: claim, pretend that the gateway took it, record; again."""
    while not done.is_set():
        claims, _ = outbox.claim(random.getrandbits(30), room=8)
        for claim in claims:
            record.accepted(claim.attempt_id, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))
        sweeping.sweep()
        if not claims:
            done.wait(0.03)


def awake(workspace: Workspace, number: str) -> None:
    """A lead for whom every automated message may leave now."""
    lead = add_lead(workspace, name="Priya", addresses=[normalise(number, region="US")])
    hour = timezone.now().hour
    Lead.objects.filter(pk=lead.pk).update(time_zone=f"Etc/GMT{hour - 12:+d}")  # where it is noon; the sign is turned round


def test_of_200_messages_that_wait_none_begins_after_the_stop() -> None:
    workspace = make_workspace()
    lines = [make_line(workspace, max_in_flight=100) for _ in range(4)]
    awake(workspace, NUMBER)
    origins = [(Origin.PERSON, False), (Origin.PERSON, True), (Origin.CAMPAIGN, False), (Origin.BATCH, False)]
    thread = make_conversation(lines[0], NUMBER)
    for line, (origin, scheduled) in zip(lines, origins, strict=True):
        at = timezone.now() + timedelta(hours=1) if scheduled else None
        made = say_in([thread] * (WAITING // 4), line=line, origin=origin, scheduled_at=at)
        due = [message.pk for message in made[::2]]  # half of what is scheduled
        Message.objects.filter(pk__in=due).update(run_at=timezone.now())
    done = threading.Event()
    join = in_background(lambda: work_until(done), 4)
    before = 20
    wait_for(lambda: Attempt.objects.count() >= before)
    inbox.store(lines[0], [heard("STOP", NUMBER)])
    ingest.apply_batch()
    committed = timezone.now()
    wait_for(lambda: not Message.objects.filter(state__in=[State.QUEUED, State.SENDING]).exists())
    done.set()
    join()
    assert not Attempt.objects.filter(started_at__gt=committed).exists(), "begun after the opt-out had committed"
    assert not Attempt.objects.filter(started_at__gt=OptOut.objects.get().honoured_at).exists()
    sent, stopped = Message.objects.filter(state=State.SENT), Message.objects.filter(state=State.CANCELLED)
    assert sent.count() + stopped.count() == WAITING
    assert before <= sent.count() < WAITING / 2
    assert set(stopped.values_list("reason", flat=True)) == {CancelReason.OPTED_OUT}
    assert ConsentEvent.objects.get().rule == "keyword STOP"


def test_a_stop_waits_for_the_gate_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of somebody whom no lead's row holds: the person's lock alone keeps the order."""
    line: Line = make_line(make_workspace())
    say(line, "Hi", NUMBER, origin=Origin.PERSON)
    inbox.store(line, [heard("STOP", NUMBER)])
    open_now, go_on, decide = threading.Event(), threading.Event(), gate.decide

    def held_open(message: Message, line: Line, facts: Facts) -> gate.Decision:
        open_now.set()
        assert go_on.wait(20)
        return decide(message, line, facts)

    monkeypatch.setattr(gate, "decide", held_open)
    gate_done = in_background(lambda: outbox.claim(7, room=8), 1)
    assert open_now.wait(20)
    stop_done = in_background(ingest.apply_batch, 1)
    wait_for(lambda: OptOut.objects.exists() or somebody_waits())
    too_early = OptOut.objects.exists()
    go_on.set()
    gate_done()
    stop_done()
    assert not too_early, "it committed while a gate had read that nobody had opted out"
    assert OptOut.objects.exists()


OTHER_NUMBER = "+12025550102"


def asked_elsewhere(ask: Callable[[Workspace, str, Proof], object]) -> Callable[[Lead, User], object]:
    """In words that came in from the lead's other number."""

    @transaction.atomic
    def heard_there(lead: Lead, by: User) -> object:
        optouts.hold_alone([(lead.workspace_id, OTHER_NUMBER)])
        return ask(lead.workspace, OTHER_NUMBER, Proof(source=ConsentEvent.Source.KEYWORD))

    return heard_there


HALTS: dict[str, Callable[[Lead, User], object]] = {
    "lead excluded": lambda lead, by: exclusions.exclude(lead, "A competitor", by=by),
    "company excluded": lambda lead, by: lead.company and exclusions.exclude_company(lead.company, "A competitor", by=by),
    "opt-out from another number": asked_elsewhere(optouts.opt_out),
    "removal asked from another number": asked_elsewhere(removals.ask_removal),
}


@pytest.mark.parametrize("halt", HALTS.values(), ids=HALTS)
def test_what_halts_automation_waits_for_the_gate_that_is_open(halt: Callable[[Lead, User], object]) -> None:
    """What begins has begun before it; once it has committed, nothing of automation begins."""
    workspace = make_workspace()
    awake(workspace, NUMBER)
    lead, alice = Lead.objects.get(), make_user(workspace, Role.ADMIN)
    lead.addresses.create(workspace=workspace, kind="phone", value=OTHER_NUMBER, rank=1)
    lead.company = Company.objects.create(workspace=workspace, name="Ledgerline")
    lead.save()
    for n in range(2):
        say(make_line(workspace), f"Hi {n}", NUMBER, origin=Origin.BATCH)
    with transaction.atomic():
        begun, _ = outbox.claim(7, room=1)
        join = in_background(lambda: halt(lead, alice), 1)
        wait_for(somebody_waits)
    join()
    assert len(begun) == 1
    assert outbox.claim(7, room=8)[0] == []
    assert Message.objects.exclude(state=State.SENDING).filter(Q(state=State.CANCELLED) | Q(hold=Hold.REMOVAL)).count() == 1


@pytest.mark.parametrize("attempt", range(2))
def test_two_first_messages_at_once_bring_one_consent_message_and_it_goes_first(attempt: int) -> None:
    workspace = make_workspace(consent_required=True, consent_text="We are Northwind. Reply STOP to opt out.")
    line: Line = make_line(workspace, max_in_flight=100)
    awake(workspace, NUMBER)
    barrier = threading.Barrier(2)
    made: list[Message] = []

    def first_message() -> None:
        barrier.wait()
        made.append(say(line, f"Hi from {threading.get_ident()}", NUMBER, origin=Origin.PERSON))

    done = threading.Event()
    senders = in_background(lambda: work_until(done), 3)
    writers = in_background(first_message, 2)
    writers()
    wait_for(lambda: Message.objects.filter(state=State.SENT).count() >= 3)
    done.set()
    senders()
    consent = Message.objects.get(origin=Origin.CONSENT)
    others = Message.objects.exclude(pk=consent.pk)
    assert others.count() == 2 == len(made)
    began = {one.message_id: one.started_at for one in Attempt.objects.all()}
    assert len(began) == Attempt.objects.count() == 3
    assert all(began[consent.pk] < began[one.pk] for one in others)
    assert consent.sent_at
    assert all(one.sent_at and consent.sent_at <= one.sent_at for one in others)
    assert ConsentEvent.objects.filter(kind=ConsentEvent.Kind.CONSENT_SENT).count() == 1
