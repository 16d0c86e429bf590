"""What helps in a thread: the checks of a message that was not delivered, recommended actions, and who else is here."""

from __future__ import annotations

import json
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from conversations import presence
from conversations.models import Conversation
from conversations.vocabulary import FailReason, Origin, State
from intent.vocabulary import Status
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Company, Lead, OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, inbox, of_message, text_of
from tests.factories_conversations import AttemptFactory, known, they_said, we_said
from workspaces.models import User


def means(row: Conversation, status: Status) -> None:
    Conversation.objects.filter(pk=row.pk).update(intent_status=status)


def test_the_seven_checks_tell_what_holds_now(line: Line, bobs: Client) -> None:
    row = known(line, address="+14155550117")
    failed = we_said(row, "Hello", state=State.FAILED, reason=FailReason.UNREACHABLE, reason_detail="No answer for three days.")
    AttemptFactory.create(message=failed, state="rejected", vendor_code="22")
    assert "Why? Seven checks" in text_of(bobs.get(inbox(row)))
    Line.objects.filter(pk=line.pk).update(status=Line.Status.DISCONNECTED, status_detail="It does not answer.")
    Lead.objects.of(line.workspace).update(status=Lead.Status.EXCLUDED)
    Company.objects.of(line.workspace).update(status=Company.Status.EXCLUDED)
    optouts.opt_out(row.workspace, row.address, Proof(source=OptOut.Source.PERSON))
    page = text_of(bobs.get(of_message(failed, "checks"), headers=HTMX))
    assert "Line 2 · SF is disconnected: It does not answer." in page
    assert "No campaign sent it." in page
    assert "50 of 50 new conversations are left today" in page
    assert "Priya Raman: excluded" in page
    assert "The contact opted out, the contact is excluded, the company is excluded." in page
    assert "Unreachable number (22): No answer for three days." in page


def test_a_number_nobody_can_have_is_named(line: Line, bobs: Client) -> None:
    row = known(line, address="+1999")
    failed = we_said(row, "Hello", state=State.FAILED, reason=FailReason.INVALID_NUMBER)
    assert "nobody can have this number" in text_of(bobs.get(of_message(failed, "checks")))


def test_only_what_was_not_delivered_is_checked_and_charlie_sees_nothing(
    line: Line, bobs: Client, charlie: User, sign_in: SignIn
) -> None:
    row = known(line)
    failed = we_said(row, "Hello", state=State.FAILED, reason=FailReason.UNREACHABLE)
    assert bobs.get(of_message(we_said(row, "Fine"), "checks")).status_code == 404
    assert sign_in(charlie).get(of_message(failed, "checks")).status_code == 404


def test_follow_ups_are_stopped_and_the_thread_says_so(line: Line, bobs: Client, ritas: Client) -> None:
    row = known(line)
    they_said(row, "Yes please", ago=5)
    tomorrow = timezone.now() + timedelta(days=1)
    later = we_said(row, "Still there?", state=State.QUEUED, scheduled_at=tomorrow, run_at=tomorrow)
    drip = we_said(row, "Step 2", state=State.QUEUED, origin=Origin.CAMPAIGN)
    now = we_said(row, "On my way", state=State.QUEUED)
    means(row, Status.POSITIVE)
    assert "Stop 2 follow-ups" in text_of(bobs.get(inbox(row)))
    assert ritas.post(inbox(row, "stop-follow-ups/")).status_code == 403
    bobs.post(inbox(row, "stop-follow-ups/"))
    for message, state in ((later, State.CANCELLED), (drip, State.CANCELLED), (now, State.QUEUED)):
        message.refresh_from_db()
        assert message.state == state
    page = text_of(bobs.get(inbox(row)))
    assert "Follow-ups stopped · Bob Bell" in page
    assert "Stop 2 follow-ups" not in page


def test_a_negative_reply_offers_to_exclude(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Not for us")
    means(row, Status.NEGATIVE)
    assert "Exclude contact" in text_of(bobs.get(inbox(row)))
    bobs.post(inbox(row, "exclude/"))
    assert Lead.objects.of(line.workspace).get().status == Lead.Status.EXCLUDED


def test_advice_goes_once_somebody_has_answered_and_actions_stay(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Not for us", ago=5)
    means(row, Status.NEGATIVE)
    failed = we_said(row, "Sorry to hear that", ago=3, state=State.FAILED, reason=FailReason.UNREACHABLE)
    assert "What helps now" in text_of(bobs.get(inbox(row))), f"{failed.body} never arrived: it answered nothing"
    we_said(row, "Understood, goodbye", ago=1)
    page = text_of(bobs.get(inbox(row)))
    assert "What helps now" not in page
    assert "Exclude contact" in page


def test_how_long_ago_they_wrote_stands_in_the_head(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Hello", ago=42)
    assert "wrote 42 min ago" in text_of(bobs.get(inbox(row)))


def test_colleagues_see_each_other(line: Line, bobs: Client, olga: User, sign_in: SignIn) -> None:
    row = known(line)
    olgas = sign_in(olga)
    assert "Olga is" not in text_of(bobs.get(inbox(row)))
    olgas.get(inbox(row))
    assert "Olga is viewing this" in text_of(bobs.get(inbox(row)))
    olgas.post(inbox(row, "typing/"), {"on": "1", "contact": "0"})
    told = bobs.get("/w/northwind/live/", {"open": row.public_id, "presence": "Olga is viewing this"}, headers=HTMX)
    assert json.loads(told["HX-Trigger"])["presence"] == {"text": "Olga is typing a reply"}
    again = bobs.get("/w/northwind/live/", {"open": row.public_id, "presence": "Olga is typing a reply"}, headers=HTMX)
    assert "HX-Trigger" not in again


def test_who_is_gone_is_not_shown(line: Line, bob: User, olga: User) -> None:
    row = known(line)
    with time_machine.travel(timezone.now() - timedelta(seconds=presence.HERE_SECONDS + 1)):
        presence.meet(row.pk, olga)
    assert presence.meet(row.pk, bob) == ""
