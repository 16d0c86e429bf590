"""An open conversation: bubbles, day lines, statuses in words, and what stands beside it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Conversation
from conversations.thread.reading import TURNS
from conversations.vocabulary import (
    Channel,
    Origin,
    State,
)
from leads.models import Lead, OptOut
from lines.models import Line, LineDay
from tests.conversations.views.pages import HTMX, html_of, inbox, text_of
from tests.factories_conversations import (
    AttemptFactory,
    ConversationFactory,
    LineFactory,
    ReactionFactory,
    known,
    they_said,
    they_said_all,
    we_said,
    we_said_all,
)
from workspaces.models import User


def turns(html: str) -> list[str]:
    """The class of each message, in order."""
    return re.findall(r'<article class="(turn [^"]*)"', html)


def test_side_is_direction_and_colour_is_channel(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "As iMessage", ago=50)
    we_said(row, "As SMS", ago=40, channel=Channel.SMS)
    they_said(row, "An answer", ago=30, channel=Channel.SMS)
    html = html_of(bobs.get(inbox(row)))
    assert turns(html) == ["turn out imessage", "turn out sms", "turn in"]


def test_direction_and_channel_stand_in_words_at_every_message(line: Line, bobs: Client) -> None:
    row = known(line)
    we_said(row, "First", ago=50, channel=Channel.SMS)
    they_said(row, "Second", ago=30)
    words = text_of(bobs.get(inbox(row)))
    assert "Outgoing, SMS: First" in words
    assert "Incoming, iMessage: Second" in words


def test_the_whole_text_is_shown(line: Line, bobs: Client) -> None:
    row = known(line)
    long = "All of it. " * 200 + "The end."
    they_said(row, long)
    assert long in text_of(bobs.get(inbox(row)))


def test_a_message_over_another_line_names_it(line: Line, bobs: Client) -> None:
    row = known(line)
    other = LineFactory.create(workspace=line.workspace)
    Line.objects.filter(pk=other.pk).update(name="Line 3 · NYC")
    we_said(row, "Hello", line=other)
    assert "iMessage from Line 3 · NYC" in text_of(bobs.get(inbox(row)))


def test_tapbacks_are_drawn_and_said(line: Line, bobs: Client) -> None:
    row = known(line)
    ReactionFactory.create(message=we_said(row, "Hello"))
    html = html_of(bobs.get(inbox(row)))
    assert "👍" in html
    assert 'aria-label="Priya Raman: like"' in html


def test_days_are_those_of_the_workspace(line: Line, bobs: Client) -> None:
    row = known(line)
    with time_machine.travel(datetime(2026, 11, 18, 3, 0, tzinfo=UTC), tick=False):  # still the 17th in New York
        they_said(row, "Hello")
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC), tick=False):
        they_said(row, "Hello again")
        html = html_of(bobs.get(inbox(row)))
    assert re.findall(r'<h3 class="day">(.*?)</h3>', html) == ["Yesterday", "Today"]


def test_the_new_line_stands_above_the_first_unseen_and_stays_while_the_page_is_open(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Seen before", ago=90)
    bobs.post(inbox(row, "seen/"))
    first = they_said(row, "Unseen one", ago=9)
    they_said(row, "Unseen two", ago=8)
    html = html_of(bobs.get(inbox(row)))
    assert html.index("Seen before") < html.index('id="new"') < html.index("Unseen one")
    bobs.post(inbox(row, "seen/"))
    again = html_of(bobs.get(inbox(row, "messages/"), {"new": first.public_id}, headers=HTMX))
    assert again.index('id="new"') < again.index("Unseen one")
    assert 'id="new"' not in html_of(bobs.get(inbox(row)))
    we_said(row, "An answer")
    answered = html_of(bobs.get(inbox(row, "messages/"), {"new": first.public_id}, headers=HTMX))
    assert 'id="new"' not in answered


def test_a_long_thread_pages_upward_to_its_beginning(line: Line, bobs: Client) -> None:
    row = known(line)
    count = TURNS * 2 + 9
    they_said_all((row, f"Message {number:03}", count - number) for number in range(count))
    seen: list[str] = []
    html = html_of(bobs.get(inbox(row)))
    while True:
        seen = re.findall(r"Message \d{3}", html.split('id="log"')[-1].split("<form id")[0]) + seen
        earlier = re.search(r'hx-get="([^"]*messages/\?before=[^"]+)"', html)
        if not earlier:
            break
        html = html_of(bobs.get(earlier.group(1), headers=HTMX))
    assert seen == [f"Message {number:03}" for number in range(count)]


def test_a_thread_that_reloads_itself_keeps_what_was_loaded(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said_all((row, f"Message {number:03}", TURNS + 9 - number) for number in range(TURNS + 5))
    earlier = re.search(r'hx-get="([^"]*messages/\?before=[^"]+)"', html_of(bobs.get(inbox(row))))
    assert earlier
    since = re.search(r'name="since" value="([^"]+)"', html_of(bobs.get(earlier.group(1), headers=HTMX)))
    assert since
    they_said(row, "The newest")
    html = html_of(bobs.get(inbox(row, "messages/"), {"since": since.group(1)}, headers=HTMX))
    assert html.count('<article class="turn') == TURNS + 6


def test_what_stands_beside_the_thread(line: Line, bobs: Client) -> None:
    row = known(line, address="+16285550117")
    colleague = Lead.objects.create(workspace=line.workspace, name="Leo Marsh", company=row.company)
    theirs = ConversationFactory.create(line=line, lead=colleague, company=row.company)
    they_said(row, "Tuesday at 2 works.")
    LineDay.objects.create(
        workspace=line.workspace, line=line, day=timezone.now().astimezone(line.workspace.zone).date(), started=31
    )
    Line.objects.filter(pk=line.pk).update(daily_new_limit=40)
    Conversation.objects.filter(pk=row.pk).update(intent_status="positive", intent_reason="meeting", intent_score=92)
    page = bobs.get(inbox(row))
    words = text_of(page)
    for part in (
        "Positive", "Meeting", "92", "VP Finance", "Finance leader · match", "+1 628-555-0117", "in Los Angeles", "Opted in",
        "Fintech 50–500 · match", "Leo Marsh", "Line 2 · SF", "31 of 40",
    ):  # fmt: skip
        assert part in words, part
    assert inbox(theirs) in html_of(page)


def test_a_number_nobody_knows_says_so_beside_the_thread(line: Line, bobs: Client) -> None:
    row = ConversationFactory.create(line=line, address="+14155550138")
    they_said(row, "who is this?")
    assert "Nobody is known at this address yet." in text_of(bobs.get(inbox(row)))


def test_an_opt_out_shows_in_head_and_context_with_the_words_that_asked_for_it(line: Line, bobs: Client) -> None:
    row = known(line)
    OptOut.objects.create(workspace=line.workspace, value=row.address, source=OptOut.Source.KEYWORD, text="stop")
    words = text_of(bobs.get(inbox(row)))
    assert "Opt in again" in words
    assert "keyword from the contact: “stop”" in words


def test_the_consent_status_stands_in_the_head_where_consent_is_required(line: Line, bobs: Client) -> None:
    row = known(line)
    assert "Consent" not in text_of(bobs.get(inbox(row)))
    line.workspace.consent_required = True
    line.workspace.save()
    assert "Consent not sent yet" in text_of(bobs.get(inbox(row)))
    we_said(row, "We are Northwind", origin=Origin.CONSENT)
    assert "Consent sent" in text_of(bobs.get(inbox(row)))


def test_queries_do_not_grow_with_messages(line: Line, bobs: Client, bob: User) -> None:
    row = known(line)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            bobs.get(inbox(row))
        return len(queries)

    def talk(count: int) -> None:
        for message in we_said_all(((row, f"Message {number}", number) for number in range(count)), author=bob):
            AttemptFactory.create(message=message)
            ReactionFactory.create(message=message)

    talk(3)
    we_said(row, "Later", state=State.QUEUED)
    they_said(row, "Hello")
    bobs.get(inbox(row))
    few = cost()
    talk(40)
    for number in range(5):
        we_said(row, f"Later {number}", state=State.QUEUED)
    assert cost() == few


def test_text_stays_text_and_only_web_addresses_become_links(line: Line, bobs: Client) -> None:
    row = ConversationFactory.create(line=line, contact_name="<b>Eve</b>")
    they_said(row, '<script>alert(1)</script> javascript:alert(1) https://example.com/a?b=1&c="x" end')
    html = html_of(bobs.get(inbox(row)))
    assert "<script>alert" not in html
    assert "<b>Eve" not in html
    assert 'href="javascript' not in html
    assert 'href="https://example.com/a?b=1&amp;c="' in html


def test_opening_a_thread_as_a_page_writes_nothing(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Hello")
    bobs.get(inbox(row))
    row.refresh_from_db()
    assert row.unread == 1


def test_for_a_page_that_has_the_list_the_conversation_comes_alone(line: Line, bobs: Client) -> None:
    row = known(line)
    html = html_of(bobs.get(inbox(row), headers={**HTMX, "HX-Target": "conversation"}))
    assert html.lstrip().startswith('<div id="conversation"')
    assert "<html" not in html


def test_details_are_a_page_of_their_own_for_phones(line: Line, bobs: Client) -> None:
    assert 'data-pane="details"' in html_of(bobs.get(inbox(known(line), "details/")))
