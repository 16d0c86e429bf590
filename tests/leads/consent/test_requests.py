"""A request to be removed, worded or read, stops automation until a person has confirmed or undone it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.sending import excluding, facts, gate
from conversations.vocabulary import CancelReason, Hold, Origin, State
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Company, Lead, OptOut, RemovalRequest
from lines.models import Line
from tests.core import made_sent, make_conversation, say
from tests.leads.consent.telling import NUMBER, OTHER, Kind, claim, held, lead_at, ledger, tell
from workspaces.models import User
from workspaces.refused import Refused


class TestWordedRequests:
    def test_hold_automation_and_nothing_else_until_somebody_decides(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER, OTHER)
        tell(line, "please remove me.")
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line, "A person answers")
        assert claim() == [by_person]
        made_sent(by_person)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.REMOVAL)
        request = RemovalRequest.objects.get()
        assert (request.lead, request.value, request.rule) == (lead, NUMBER, "remove me")
        assert ledger(line.workspace) == [(Kind.REMOVAL_ASKED, NUMBER, "request", "remove me")]
        assert not OptOut.objects.exists()

    def test_hold_also_what_goes_to_their_other_number(self, line: Line) -> None:
        lead_at(line, NUMBER, OTHER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        Message.objects.filter(pk=automated.pk).update(address=OTHER)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.REMOVAL)

    def test_confirmed_the_contact_is_opted_out_and_excluded(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        assert excluding.confirm_removal(automated.conversation, company=False, by=rep)
        assert not excluding.confirm_removal(automated.conversation, company=False, by=rep)
        lead.refresh_from_db()
        automated.refresh_from_db()
        assert (lead.status, bool(lead.opted_out_at)) == (Lead.Status.EXCLUDED, True)
        assert (automated.state, automated.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
        stood = OptOut.objects.get()
        assert (stood.source, stood.text, stood.by) == (OptOut.Source.REQUEST, "remove me", rep)
        assert RemovalRequest.objects.get().decision == RemovalRequest.Decision.CONTACT

    def test_confirmed_for_the_company_nobody_there_gets_automated_messages(self, line: Line, rep: User) -> None:
        firm = Company.objects.create(workspace=line.workspace, name="Ledgerline")
        lead_at(line, NUMBER, company=firm)
        lead_at(line, OTHER, company=firm)
        colleague = say(line, address=OTHER, origin=Origin.CAMPAIGN)
        tell(line, "take me off your list")
        assert excluding.confirm_removal(make_conversation(line), company=True, by=rep)
        firm.refresh_from_db()
        colleague.refresh_from_db()
        assert firm.status == Company.Status.EXCLUDED
        assert (colleague.state, colleague.reason) == (State.CANCELLED, CancelReason.EXCLUDED)

    def test_dismissed_automation_goes_on(self, line: Line, rep: User) -> None:
        lead_at(line, NUMBER)
        tell(line, "remove me")
        automated = say(line, origin=Origin.CAMPAIGN)
        claim()
        assert excluding.dismiss_removal(automated.conversation, by=rep)
        assert claim() == [automated]
        assert [row[0] for row in ledger(line.workspace)] == [Kind.REMOVAL_ASKED, Kind.REMOVAL_DISMISSED]

    def test_a_keyword_settles_a_request(self, line: Line) -> None:
        tell(line, "remove me")
        tell(line, "STOP")
        assert RemovalRequest.objects.get().decision == RemovalRequest.Decision.OPTED_OUT

    def test_asking_twice_is_one_request(self, line: Line) -> None:
        tell(line, "remove me")
        tell(line, "I said remove me")
        tell(line, "Please stop texting me")
        assert RemovalRequest.objects.count() == 1

    def test_an_unknown_contact_is_opted_out(self, line: Line, rep: User) -> None:
        tell(line, "remove me")
        assert excluding.confirm_removal(make_conversation(line), company=True, by=rep)
        assert OptOut.objects.get().value == NUMBER


class TestWhatWasReadAsAnOptOut:
    """Suppressed at once, and flagged for a person to confirm or undo (gateways.md 9, rule 2)."""

    @pytest.fixture
    def read(self, line: Line) -> Conversation:
        lead_at(line, NUMBER)
        with transaction.atomic():
            optouts.hold_alone([(line.workspace_id, NUMBER)])
            source = OptOut.Source.REQUEST
            optouts.opt_out(
                line.workspace, NUMBER, Proof(source=source, text="kindly lose my details", rule="read as Requested Remove")
            )
        return make_conversation(line)

    def test_confirmed_it_also_excludes(self, read: Conversation, rep: User) -> None:
        assert excluding.confirm_removal(read, company=False, by=rep)
        assert not excluding.confirm_removal(read, company=False, by=rep)
        assert not excluding.dismiss_removal(read, by=rep)
        assert Lead.objects.get().status == Lead.Status.EXCLUDED
        assert OptOut.objects.get().by == rep

    def test_dismissed_with_a_note_it_is_lifted_by_any_colleague(self, read: Conversation, line: Line, rep: User) -> None:
        with pytest.raises(Refused, match="why"):
            excluding.dismiss_removal(read, by=rep, note=" ")
        assert optouts.standing(line.workspace_id, [NUMBER])
        assert excluding.dismiss_removal(read, by=rep, note="They meant the order, not us")
        assert not optouts.standing(line.workspace_id, [NUMBER])
        assert Lead.objects.get().opted_out_at is None
        assert [row[0] for row in ledger(line.workspace)] == [Kind.OPTED_OUT, Kind.OPTED_IN, Kind.REMOVAL_DISMISSED]
        automated = say(line, origin=Origin.CAMPAIGN)
        assert claim() == [automated]

    def test_a_keyword_is_never_dismissed_so(self, line: Line, rep: User) -> None:
        tell(line, "STOP")
        assert not excluding.dismiss_removal(make_conversation(line), by=rep)
        assert optouts.standing(line.workspace_id, [NUMBER])


def test_the_gate_asks_for_removal_before_anything_else(line: Line) -> None:
    """A held message takes no place of the day's limit."""
    tell(line, "remove me")
    message = say(line, origin=Origin.CAMPAIGN)
    assert isinstance(gate.decide(message, line, facts.read([(line, message)], timezone.now())), gate.Wait)
    assert message.quota_day is None
