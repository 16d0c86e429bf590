"""Excluding and opting out by hand: what is queued is cancelled, on every address."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.sending import excluding, sweeping
from conversations.vocabulary import CancelReason, Origin, State
from leads import consent
from leads.models import Address, ConsentEvent, Lead, OptOut
from lines.models import Line
from tests.core import make_conversation, say
from tests.leads.consent.telling import NUMBER, OTHER, Kind, claim, held, lead_at, tell
from workspaces.models import AuditEntry, User
from workspaces.refused import Refused


class TestExclusion:
    def test_from_the_thread_cancels_what_automation_has_queued(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line)
        assert excluding.exclude_contact(automated.conversation, company=False, by=rep)
        assert held(automated)[0] == State.CANCELLED
        assert held(by_person)[0] == State.QUEUED
        lead.refresh_from_db()
        assert lead.status == Lead.Status.EXCLUDED

    def test_start_lifts_the_opt_out_and_never_the_exclusion(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "stop")
        excluding.exclude_contact(make_conversation(line), company=False, by=rep)
        tell(line, "START")
        lead.refresh_from_db()
        assert (lead.opted_out_at, lead.status) == (None, Lead.Status.EXCLUDED)


class TestOptedOutBox:
    def test_holds_for_every_address_and_cancels_what_waits(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER, OTHER)
        waits, later = say(line), say(line, scheduled_at=timezone.now() + timedelta(days=3))
        assert consent.set_opted_out(lead, True, by=rep)
        assert not consent.set_opted_out(lead, True, by=rep)
        assert set(OptOut.objects.values_list("value", flat=True)) == {NUMBER, OTHER}
        sweeping.sweep()
        for message in (waits, later):
            message.refresh_from_db()
            assert (message.state, message.reason) == (State.CANCELLED, CancelReason.OPTED_OUT)
        assert OptOut.objects.filter(settled_at=None).count() == 0

    def test_a_person_takes_back_what_a_person_entered(self, line: Line, rep: User) -> None:
        lead = lead_at(line, NUMBER)
        consent.set_opted_out(lead, True, by=rep)
        assert consent.set_opted_out(lead, False, by=rep)
        lead.refresh_from_db()
        assert lead.opted_out_at is None
        assert not consent.set_opted_out(lead, False, by=rep)

    def test_what_the_contact_asked_for_an_admin_alone_lifts_and_says_why(self, line: Line, rep: User, admin: User) -> None:
        lead = lead_at(line, NUMBER)
        tell(line, "STOP")
        for who, note in ((rep, "They called"), (admin, " ")):
            with pytest.raises(Refused):
                consent.set_opted_out(lead, False, by=who, note=note)
        assert consent.set_opted_out(lead, False, by=admin, note="They called on Monday and asked for it")
        row = ConsentEvent.objects.get(kind=Kind.OPTED_IN)
        assert (row.by, row.note) == (admin, "They called on Monday and asked for it")
        assert AuditEntry.objects.of(line.workspace).filter(action="contact.opted_in").exists()

    def test_a_lead_without_an_address_stays_opted_out_when_it_gets_one(self, line: Line, rep: User) -> None:
        lead = lead_at(line)
        assert consent.set_opted_out(lead, True, by=rep)
        Address.objects.create(workspace=line.workspace, lead=lead, kind=Address.Kind.PHONE, value=NUMBER)
        message = say(line)
        assert claim() == []
        assert held(message)[0] == State.CANCELLED
