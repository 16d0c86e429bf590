"""What consent itself sends: one answer to an opt-out, and the consent message before all else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.models import Message
from conversations.vocabulary import CancelReason, FailReason, Origin, State
from leads.models import ConsentEvent
from lines.models import Line
from tests.core import make_conversation, say
from tests.leads.consent.telling import NUMBER, OTHER, Kind, claim, lead_at, ledger, send, tell
from workspaces.models import Workspace


class TestConfirmation:
    @pytest.fixture(autouse=True)
    def wanted(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(confirm_opt_out=True, confirm_opt_out_text="You are out.")

    def sent(self) -> list[str]:
        return list(Message.objects.filter(origin=Origin.CONFIRMATION).values_list("body", flat=True))

    def test_answers_an_opt_out_once_and_nothing_follows(self, line: Line) -> None:
        tell(line, "STOP")
        tell(line, "stop")
        (confirmation,) = claim()
        assert (confirmation.body, confirmation.address) == ("You are out.", NUMBER)
        send(confirmation)
        say(line, origin=Origin.CAMPAIGN)
        assert claim() == []
        assert self.sent() == ["You are out."]
        assert [row[0] for row in ledger(line.workspace)] == [Kind.OPTED_OUT, Kind.CONFIRMATION_SENT]

    def test_goes_where_they_wrote_from(self, line: Line) -> None:
        lead_at(line, NUMBER, OTHER)
        make_conversation(line, NUMBER)
        tell(line, "STOP", OTHER)
        assert [message.address for message in claim()] == [OTHER]

    def test_a_new_opt_out_has_a_confirmation_of_its_own(self, line: Line) -> None:
        for text in ("STOP", "START", "STOP"):
            tell(line, text)
            send(*claim())
        assert len(self.sent()) == 2

    def test_is_not_sent_when_they_came_back_meanwhile(self, line: Line) -> None:
        tell(line, "STOP")
        tell(line, "START")
        assert claim() == []
        message = Message.objects.get(origin=Origin.CONFIRMATION)
        assert (message.state, message.reason) == (State.CANCELLED, CancelReason.NOT_NEEDED)

    def test_is_not_sent_later_than_five_minutes(self, line: Line) -> None:
        tell(line, "STOP", at=timezone.now() - timedelta(minutes=6))
        assert self.sent() == []
        tell(line, "STOP", OTHER)
        message = Message.objects.get(origin=Origin.CONFIRMATION)
        assert message.expires_at
        assert message.expires_at <= timezone.now() + timedelta(minutes=5)
        Message.objects.filter(pk=message.pk).update(expires_at=timezone.now())
        assert claim() == []
        message.refresh_from_db()
        assert message.reason == FailReason.EXPIRED

    def test_waits_for_no_consent_and_no_hour(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(consent_required=True, consent_text="We are Northwind")
        lead_at(line, NUMBER, awake=False)
        tell(line, "STOP")
        assert [message.origin for message in claim()] == [Origin.CONFIRMATION]

    def test_is_off_unless_the_workspace_wants_it(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(confirm_opt_out=False)
        tell(line, "STOP")
        assert self.sent() == []


class TestConsentFirst:
    def test_the_ledger_says_what_was_sent_when_and_over_which_line(self, line: Line) -> None:
        Workspace.objects.filter(pk=line.workspace_id).update(consent_required=True, consent_text="We are Northwind.")
        say(line)
        claim()
        send(*claim())
        row = ConsentEvent.objects.get()
        assert (row.kind, row.value, row.text, row.line, row.channel) == (
            Kind.CONSENT_SENT, NUMBER, "We are Northwind.", line.address, "imessage",
        )  # fmt: skip
