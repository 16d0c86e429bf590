"""Reminders: set on a lead or in a thread, bound by whether the contact wants messages, listed and cancelled."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.refusals import Refused
from conversations.sending import outbox
from conversations.sending.optout import opt_out_contact
from conversations.thread import reminders
from conversations.vocabulary import Origin, State
from leads import quiet
from leads.actions import add_lead
from leads.addresses import normalise
from leads.exclusions import exclude
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import text_of
from workspaces.models import User, Workspace


@pytest.fixture
def thread(northwind: Workspace, line: Line) -> Conversation:
    return reminders.thread_of(add_lead(northwind, name="Priya Raman", addresses=[normalise("+12025550101", region="US")]))


def url(thread: Conversation) -> str:
    return f"/w/northwind/imessages/{thread.public_id}/remind/"


def tomorrow(workspace: Workspace) -> str:
    return (timezone.now() + timedelta(days=1)).astimezone(workspace.zone).strftime("%Y-%m-%dT10:00")


def test_set_from_a_lead_once_listed_and_cancelled(bobs: Client, northwind: Workspace, thread: Conversation) -> None:
    assert thread.lead is not None
    page = bobs.post(f"/w/northwind/leads/{thread.lead.public_id}/remind/", follow=True)
    assert "Remind Priya Raman" in text_of(page)
    values = {"body": "See you at 2", "send_at": tomorrow(northwind), "when": "later", "nonce": "n1"}
    for _ in range(2):
        assert "See you at 2" in text_of(bobs.post(url(thread), values, follow=True))
    message = Message.objects.get()
    assert (message.origin, message.conversation) == (Origin.REMINDER, thread)
    assert "Reminder" in text_of(bobs.get("/w/northwind/messages/scheduled/"))
    bobs.post(f"/w/northwind/messages/{message.public_id}/cancel-scheduled/")
    assert not reminders.of(thread)


@pytest.mark.parametrize("values", [{"body": " "}, {"send_at": ""}, {"send_at": "2020-01-01T09:00"}, {"body": "x" * 5001}])
def test_nonsense_is_refused(bobs: Client, northwind: Workspace, thread: Conversation, values: dict[str, str]) -> None:
    given = {"body": "Hi", "send_at": tomorrow(northwind), "when": "later", "nonce": "n1", **values}
    assert bobs.post(url(thread), given).status_code == 422
    assert not Message.objects.exists()


def test_who_opted_out_gets_none_even_where_people_may_answer(
    northwind: Workspace, thread: Conversation, bob: User, bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "windows_of", lambda workspace: [])
    Workspace.objects.filter(pk=northwind.pk).update(reply_to_opted_out=True)
    northwind.refresh_from_db()
    message = reminders.remind(thread, "See you", timezone.now() + timedelta(hours=1), nonce="n1", by=bob)
    opt_out_contact(thread, by=bob)
    Message.objects.filter(pk=message.pk).update(run_at=timezone.now())
    assert outbox.claim(1, room=8)[0] == []
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.CANCELLED, "opted_out")
    thread.refresh_from_db()
    assert "opted out: no reminder" in text_of(bobs.get(url(thread)))
    with pytest.raises(Refused, match="opted out"):
        reminders.remind(thread, "See you", timezone.now() + timedelta(hours=1), nonce="n2", by=bob)


def test_who_is_excluded_gets_none(thread: Conversation, bob: User) -> None:
    assert thread.lead is not None
    exclude(thread.lead, "Competitor", by=bob)
    thread.lead.refresh_from_db()
    with pytest.raises(Refused, match="excluded"):
        reminders.remind(thread, "See you", timezone.now() + timedelta(hours=1), nonce="n1", by=bob)


def test_rita_and_charlie_remind_nobody(thread: Conversation, rita: User, charlie: User, sign_in: SignIn) -> None:
    assert sign_in(rita).get(url(thread)).status_code == 403
    assert sign_in(charlie).get(url(thread)).status_code == 404
