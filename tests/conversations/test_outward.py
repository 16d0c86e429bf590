"""What a contact's phone shows of us besides messages: a tapback rings it like one, so an opt-out forbids it too."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from conversations.models import Message, Reaction
from conversations.sending import outward
from conversations.sending.optout import opt_out_contact
from leads import optouts
from leads.actions import add_lead
from leads.addresses import normalise
from leads.consent_ledger import Proof
from leads.models import Address, Lead, OptOut
from lines.gateways.bluebubbles.adapter import forget_servers
from lines.simulator.server import Running
from lines.wire import gateway_of
from tests.contracts.bench import Bench, message
from tests.contracts.fixtures import OWN_ADDRESS, PASSWORD
from tests.core import make_line, make_user, make_workspace
from tests.factories_conversations import known, they_said

PERSON = "+12025550101"


@pytest.fixture
def heard(db: None, settings: LazySettings, phone_network: Running, bluebubbles: Bench) -> Message:
    """A message of Priya's that the gateway knows."""
    settings.GATEWAY_ALLOWED_NETWORKS = ("127.0.0.0/8",)
    line = make_line(make_workspace(), server_url=phone_network.line_url(), password=PASSWORD, address=OWN_ADDRESS)
    gateway_of(line).check()
    sent = gateway_of(line).send(message(PERSON, "Open to a call?"))
    return they_said(known(line, address=PERSON), "Perhaps", vendor_id=sent.vendor_id, vendor_thread=sent.thread)


def test_a_tapback_reaches_the_phone_and_shows_in_the_thread(heard: Message) -> None:
    outward.tapback(heard.pk, "love", remove=False)
    assert Reaction.objects.get().from_us


def test_a_server_that_can_stop_typing_is_told_when_we_stop(heard: Message, bluebubbles: Bench) -> None:
    bluebubbles.order("line", version="1.9.10", typing_bug=False)
    forget_servers()
    outward.typing(heard.conversation_id, on=True)
    assert "typing…" in bluebubbles.phone(PERSON)
    outward.typing(heard.conversation_id, on=False)
    assert "typing…" not in bluebubbles.phone(PERSON)


def test_who_opted_out_is_shown_nothing_more(heard: Message) -> None:
    opt_out_contact(heard.conversation, by=make_user(heard.workspace))
    outward.tapback(heard.pk, "love", remove=False)
    assert not Reaction.objects.exists()


def test_nor_is_who_opted_out_at_another_number_and_whose_thread_does_not_know_them_yet(heard: Message) -> None:
    """As after an import that named the number."""
    Lead.objects.all().delete()
    heard.conversation.refresh_from_db()
    assert heard.conversation.lead is None
    numbers = [normalise(value, region="US") for value in (PERSON, "+12025550102")]
    add_lead(heard.workspace, name="Priya Raman", addresses=numbers)
    optouts.opt_out(heard.workspace, "+12025550102", Proof(source=OptOut.Source.KEYWORD))
    outward.tapback(heard.pk, "love", remove=False)
    assert not Reaction.objects.exists()


def test_nor_is_who_opted_out_at_another_number_while_their_lead_does_not_say_so(heard: Message) -> None:
    """As when an opt-in at one number and an opt-out at the other cross each other: the gate asks the same."""
    lead = Lead.objects.get()
    Address.objects.create(workspace=lead.workspace, lead=lead, kind=Address.Kind.PHONE, value="+12025550102", rank=1)
    optouts.opt_out(heard.workspace, "+12025550102", Proof(source=OptOut.Source.KEYWORD))
    Lead.objects.update(opted_out_at=None)
    outward.tapback(heard.pk, "love", remove=False)
    assert not Reaction.objects.exists()
