"""Overview shows what happened with a person over every channel in one thread (S0-07, S0-20)."""

from __future__ import annotations

from django.test import Client

from conversations.models import Conversation
from conversations.thread import notes
from conversations.thread.reading import TURNS
from conversations.vocabulary import Channel, Family
from lines.models import Line
from tests.conversations.views.pages import HTMX, bubble_of, html_of, inbox, text_of
from tests.factories_conversations import known, they_said, they_said_all, we_said
from workspaces.models import User


def by_email(person: Conversation) -> Conversation:
    values = {"lead": person.lead, "company": person.company, "contact_name": person.contact_name}
    return Conversation.objects.create(
        workspace=person.workspace, family=Family.EMAIL, address="priya@ledgerline.example", **values
    )


def overview(row: Conversation) -> str:
    return f"/w/northwind/overview/{row.public_id}/"


def test_all_channels_stand_in_one_thread_in_their_order_or_one_alone(line: Line, alice: User, bobs: Client) -> None:
    phone = known(line)
    mail = by_email(phone)
    we_said(phone, "First, a text", ago=90)
    letter = we_said(mail, "Then a letter", ago=60, channel=Channel.EMAIL)
    they_said(phone, "Then an answer", ago=30)
    notes.add(mail, "They read mail at night", author=alice)
    stranger = known(line, "Marcus Oyelaran")
    they_said(stranger, "Of somebody else")
    for row in (phone, mail):
        words = text_of(bobs.get(overview(row)))
        assert words.rindex("First, a text") < words.rindex("Then a letter") < words.rindex("Then an answer")
        assert "They read mail at night" in words
        assert "Of somebody else" not in words.split("Every channel")[1]
    assert "Outgoing · Email" in " ".join(bubble_of(bobs.get(overview(phone)), letter).split())
    alone = text_of(bobs.get(overview(phone), {"alone": "1"})).split("iMessage and SMS alone")[1]
    assert "Then a letter" not in alone
    assert "Then a letter" not in text_of(bobs.get(inbox(phone)))
    assert "Every channel" not in text_of(bobs.get(overview(stranger)))  # who has one alone needs no choice


def test_the_thread_stays_together_when_it_reloads_and_goes_further_back(line: Line, bobs: Client) -> None:
    phone = known(line)
    mail = by_email(phone)
    we_said(mail, "The oldest letter", ago=900, channel=Channel.EMAIL)
    they_said_all((phone, f"Text {number}", 600 - number) for number in range(TURNS))
    page = html_of(bobs.get(overview(phone), headers={**HTMX, "HX-Target": "conversation"}))
    assert "The oldest letter" not in page
    earlier = next(part.split('"')[0] for part in page.split('hx-get="') if "messages/?before=" in part).replace("&amp;", "&")
    assert "The oldest letter" in html_of(bobs.get(earlier, headers=HTMX))
    we_said(mail, "The newest letter", channel=Channel.EMAIL)
    assert "The newest letter" in html_of(bobs.get(inbox(phone, "messages/"), {"every": "1"}, headers=HTMX))
    assert "The newest letter" not in html_of(bobs.get(inbox(phone, "messages/"), headers=HTMX))


def test_the_way_back_leads_to_the_list_it_was_opened_from(line: Line, bobs: Client) -> None:
    row = known(line)
    page = html_of(bobs.get(overview(row), {"direction": "in", "alone": "1"}))
    assert 'href="/w/northwind/overview/?direction=in" aria-label="Back to the list"' in page
