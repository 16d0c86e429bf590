"""Quick Send: what the form says of a recipient, and that it goes through the one composer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.vocabulary import Origin, State
from leads import optouts
from leads.actions import add_lead
from leads.addresses import Normal
from leads.checks import answers
from leads.consent_ledger import Proof
from leads.models import Address, CheckItem, CheckRun, OptOut
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from workspaces.models import User, Workspace

QUICK = "/w/northwind/quick-send/"
DANA = "+12025550123"


def checked(workspace: Workspace, outcome: str, value: str = DANA) -> None:
    """Somebody asked about it a moment ago."""
    run = CheckRun.objects.create(workspace=workspace, kind=CheckRun.Kind.SEND, total=1)
    CheckItem.objects.create(workspace=workspace, run=run, value=value, state=CheckItem.State.DONE, outcome=outcome)


def reach(client: Client, to: str, **values: str) -> str:
    return client.get(f"{QUICK}reach/", {"to": to, **values}).content.decode()


def send(client: Client, to: str = DANA, **values: str) -> int:
    return client.post(QUICK, {"to": to, "body": "Hello", "nonce": "n1", "when": "now", **values}).status_code


def test_to_a_number_without_a_lead_through_the_one_composer(bobs: Client, bob: User, line: Line) -> None:
    assert send(bobs, " +1 (202) 555-0123 ") == 302
    assert send(bobs) == 302  # pressed twice
    message = Message.objects.get()
    assert (message.address, message.origin, message.author, message.conversation.lead) == (DANA, Origin.PERSON, bob, None)


@pytest.mark.parametrize("to", ["202 555 0123", "(202) 555-0123", "dana@", "dana", "", "+1"])
def test_an_incomplete_recipient_is_a_field_error_and_the_text_stays(bobs: Client, line: Line, to: str) -> None:
    response = bobs.post(QUICK, {"to": to, "body": "Kept words", "nonce": "n1", "when": "now"})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="quick-to-error"' in page
    assert "Kept words" in page
    assert not Conversation.objects.exists()


def test_typing_asks_once_and_the_answer_holds(bobs: Client, northwind: Workspace, line: Line) -> None:
    assert "Checking for iMessage" in reach(bobs, DANA)
    assert "Checking for iMessage" in reach(bobs, DANA)
    item = CheckItem.objects.get()
    CheckItem.objects.filter(pk=item.pk).update(state=CheckItem.State.DONE, outcome="available")
    page = reach(bobs, DANA, item=str(item.pk))
    assert "iMessage available" in page
    assert 'class="dot imessage"' in page
    assert "iMessage available" in reach(bobs, DANA)
    assert CheckItem.objects.count() == 1


def test_half_a_number_is_not_asked_about(bobs: Client, line: Line) -> None:
    assert "has too few or too many digits" in reach(bobs, "+1202")
    assert not CheckItem.objects.exists()


def test_without_imessage_it_goes_as_sms_or_says_why_it_cannot(bobs: Client, northwind: Workspace, line: Line) -> None:
    checked(northwind, "unavailable")
    assert "No iMessage, and the type is iMessage" not in reach(bobs, DANA)
    page = reach(bobs, DANA, channel="imessage")
    assert "has no iMessage, and the type is iMessage. Choose Automatic or SMS, or check again." in page
    assert 'data-why-not=""' not in page
    assert send(bobs, channel="imessage") == 422
    assert not Message.objects.exists()


def test_unavailable_goes_as_sms_where_a_line_sends_it(bobs: Client, northwind: Workspace, line: Line) -> None:
    Line.objects.filter(pk=line.pk).update(kind=Line.Kind.SMS)
    checked(northwind, "unavailable")
    page = reach(bobs, DANA)
    assert "No iMessage: will send as SMS" in page
    assert 'data-why-not=""' in page


def test_an_email_address_without_imessage_cannot_be_reached(bobs: Client, northwind: Workspace, line: Line) -> None:
    checked(northwind, "unavailable", "dana@example.com")
    assert "this workspace has no email line. Use a phone number instead." in reach(bobs, "Dana@Example.com")
    assert send(bobs, "dana@example.com") == 422
    assert not Message.objects.exists()


def test_what_a_leads_address_knows_is_not_asked_again(bobs: Client, northwind: Workspace, line: Line) -> None:
    lead = add_lead(northwind, name="Dana Cole", addresses=[Normal(Address.Kind.PHONE, DANA)])
    Address.objects.filter(lead=lead).update(availability="available", checked_at=timezone.now())
    page = reach(bobs, DANA)
    assert "iMessage available" in page
    assert "Dana Cole" in page
    assert not CheckItem.objects.exists()


def test_an_old_answer_is_asked_again(northwind: Workspace) -> None:
    checked(northwind, "unavailable")
    assert answers.known(northwind, DANA) == "unavailable"
    CheckItem.objects.update(created_at=timezone.now() - 2 * answers.FRESH)
    assert answers.known(northwind, DANA) == "unchecked"


def test_who_opted_out_is_refused_with_the_reason(bobs: Client, northwind: Workspace, line: Line) -> None:
    optouts.opt_out(northwind, DANA, Proof(source=OptOut.Source.KEYWORD))
    assert "This contact opted out" in reach(bobs, DANA)
    assert send(bobs) == 422
    assert not Message.objects.exists()
    assert not CheckItem.objects.filter(state="done").exists()


def test_later_with_the_clocks_of_both(bobs: Client, northwind: Workspace, line: Line) -> None:
    at = (timezone.now() + timedelta(days=2)).astimezone(northwind.zone).strftime("%Y-%m-%dT09:30")
    there = text_of(bobs.get(f"{QUICK}when/", {"to": "+14155550123", "send_at": at}))
    assert "in Los Angeles" in there
    assert send(bobs, when="later", send_at=at) == 302
    message = Message.objects.get()
    assert message.scheduled_at is not None
    assert message.scheduled_at.astimezone(northwind.zone).strftime("%H:%M") == "09:30"
    assert message.state == State.QUEUED


@pytest.mark.parametrize("at", ["", "yesterday", "2020-01-01T09:00"])
def test_a_time_that_cannot_be_meant_is_refused(bobs: Client, line: Line, at: str) -> None:
    assert send(bobs, when="later", send_at=at) == 422
    assert not Conversation.objects.exists()


def test_without_a_line_it_says_who_helps(bobs: Client, northwind: Workspace) -> None:
    assert "No line is active" in bobs.get(QUICK).content.decode()
    assert "An admin can add one under Lines" in reach(bobs, DANA)
    assert send(bobs) == 422


@pytest.mark.parametrize("broken", [{"server_url": "/line1"}, {"sealed_secret": "sealed with a key that is gone"}])
def test_a_line_that_cannot_be_spoken_to_does_not_close_the_page(bobs: Client, line: Line, broken: dict[str, str]) -> None:
    Line.objects.filter(pk=line.pk).update(**broken)
    assert "it goes as SMS" in bobs.get(QUICK).content.decode()


def test_it_opens_from_leads_and_import_for_those_who_write(bobs: Client, rita: User, sign_in: SignIn) -> None:
    for page in ("/w/northwind/leads/", "/w/northwind/leads/import/"):
        assert QUICK in bobs.get(page).content.decode()
        assert QUICK not in sign_in(rita).get(page).content.decode()
    assert sign_in(rita).get(QUICK).status_code == 403


def test_checks_of_another_workspace_tell_nothing(
    bobs: Client, northwind: Workspace, contoso: Workspace, charlie: User, sign_in: SignIn, line: Line
) -> None:
    checked(contoso, "available")
    theirs = CheckItem.objects.get()
    assert "iMessage available" not in reach(bobs, DANA, item=str(theirs.pk))
    assert sign_in(charlie).get(QUICK).status_code == 404


def test_type_imessage_is_asked_about_before_it_is_sent(
    bobs: Client, northwind: Workspace, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer that comes while Send waits counts."""

    def answered(item: CheckItem, seconds: float) -> None:
        CheckItem.objects.filter(pk=item.pk).update(state=CheckItem.State.DONE, outcome="unavailable")

    monkeypatch.setattr(answers, "seen_through", answered)
    assert send(bobs, channel="imessage") == 422
    assert not Message.objects.exists()
    assert CheckItem.objects.count() == 1
