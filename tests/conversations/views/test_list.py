"""The list of conversations: what a row says, its order, its pages and what it costs."""

from __future__ import annotations

import re
from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conversations.models import Conversation
from conversations.thread.reading import ROWS
from conversations.vocabulary import Channel, FailReason, Family, State
from lines import inbox as inbox_of_line
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.views.pages import HTMX, html_of, inbox, names_of, text_of
from tests.core import heard, make_line
from tests.factories_conversations import ConversationFactory, known, they_said, they_said_all, we_said
from workspaces.models import Invitation, Role, User, Workspace


def test_newest_activity_stands_first(line: Line, bobs: Client) -> None:
    they_said(known(line, "Marcus Oyelaran", company="Fathom Freight"), "how much is it", ago=20)
    they_said(known(line, "Priya Raman"), "Tuesday at 2 works.", ago=5)
    we_said(known(line, "Elif Kaya", company="Brightloom"), "Worth a look?", ago=60)
    assert names_of(bobs.get(inbox())) == ["Priya Raman", "Marcus Oyelaran", "Elif Kaya"]


def test_a_workspace_begins_with_its_replies_and_without_any_with_the_whole_list(line: Line, bobs: Client) -> None:
    we_said(known(line, "Elif Kaya", company="Brightloom"), "Worth a look?", ago=1)
    assert bobs.get("/w/northwind/start/")["Location"] == inbox()
    they_said(known(line, "Priya Raman"), "Tuesday at 2 works.", ago=5)
    assert names_of(bobs.get("/w/northwind/start/", follow=True)) == ["Priya Raman"]
    assert names_of(bobs.get(inbox())) == ["Elif Kaya", "Priya Raman"]
    assert 'href="/w/northwind/start/"' in html_of(bobs.get(inbox())), "also for who changes workspaces"


def test_a_row_says_all_that_is_known(line: Line, bobs: Client) -> None:
    row = known(line, "Priya Raman")
    they_said(row, "Tuesday at 2 works.", ago=12)
    Conversation.objects.filter(pk=row.pk).update(intent_status="positive", intent_reason="meeting", intent_score=92)
    page = bobs.get(inbox())
    words = text_of(page)
    for part in ("Priya Raman", "Ledgerline", "Incoming:", "Tuesday at 2 works.", "iMessage", "Positive · Meeting 92", "12 min"):
        assert part in words
    assert "Line 2 · SF, iMessage line, " in html_of(page)
    assert "ICP match: Fintech 50–500" in html_of(page)
    assert "Persona match: Finance leader" in html_of(page)


def test_a_list_that_reloads_itself_brings_its_numbers_and_those_of_the_navigation(line: Line, bobs: Client) -> None:
    they_said(known(line, "Priya Raman"), "Tuesday at 2 works.", ago=5)
    page = html_of(bobs.get(inbox()))
    assert '<b id="preset-1">1</b>' in page
    bobs.post(inbox(Conversation.objects.get(), "handled/"))
    anew = html_of(bobs.get(inbox(part="rows/"), headers=HTMX))
    assert '<b id="preset-1" hx-swap-oob="true">0</b>' in anew
    assert 'class="badge"' in page
    assert 'class="badge"' not in anew
    assert set(re.findall(r'id="(of-\d+|total|preset-\d)"', anew)) == set(re.findall(r'id="(of-\d+|total|preset-\d)"', page))


def test_a_row_without_a_message_says_so(line: Line, bobs: Client) -> None:
    they_said(known(line, "Priya Raman"), "Hello", ago=90)
    we_said(known(line, "Elif Kaya", company="Brightloom"), "Worth a look?", ago=3, state=State.CANCELLED)
    page = bobs.get(inbox())
    assert "Nothing sent or received yet" in text_of(page)
    assert "1970" not in html_of(page)
    assert names_of(page) == ["Priya Raman", "Elif Kaya"]  # nothing happened there: it stands at the end


def test_a_row_of_ours_says_what_became_of_it(line: Line, bobs: Client) -> None:
    sent = we_said(known(line, "Elif Kaya"), "Worth a look?", ago=3)
    assert "Outgoing: Worth a look?" in text_of(bobs.get(inbox()))
    assert "Sent" in text_of(bobs.get(inbox()))
    sent.delivered_at = sent.read_at = sent.sent_at
    sent.save(update_fields=["delivered_at", "read_at"])
    we_said(known(line, "Jin Park"), "Quick one", state=State.FAILED, reason=FailReason.UNREACHABLE, channel=Channel.SMS)
    assert "Not Delivered · Unreachable number" in text_of(bobs.get(inbox()))


def test_what_is_not_handed_over_yet_is_called_scheduled(line: Line, bobs: Client) -> None:
    we_said(known(line), "On its way", state=State.QUEUED)
    row = re.search(r'class="conv.*?</a>', html_of(bobs.get(inbox())), re.DOTALL)
    assert row
    assert "Scheduled" in row.group()


def test_a_number_nobody_knows_is_shown_as_unknown(line: Line, bobs: Client) -> None:
    they_said(ConversationFactory.create(line=line, address="+14155550138"), "who is this?")
    words = text_of(bobs.get(inbox()))
    assert "+1 415-555-0138" in words
    assert "Unknown contact" in words


def test_a_message_without_text_or_file_says_so_in_the_list_and_in_the_thread(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "")  # a game, a poll, a shared place
    assert "Incoming: No text" in text_of(bobs.get(inbox()))
    assert "something that only their phone shows" in text_of(bobs.get(inbox(row)))


def test_unread_and_unanswered_rows_carry_their_marks_until_dealt_with(line: Line, bobs: Client) -> None:
    row = known(line)
    they_said(row, "Sounds good", ago=30)
    assert 'class="conv unread"' in html_of(bobs.get(inbox()))
    assert "Needs a reply" in html_of(bobs.get(inbox()))
    bobs.post(inbox(row, "seen/"))
    assert 'class="conv unread"' not in html_of(bobs.get(inbox()))
    assert "Needs a reply" in html_of(bobs.get(inbox()))
    we_said(row, "Great, Tuesday then")
    assert "Needs a reply" not in html_of(bobs.get(inbox()))


def test_other_families_stay_out_of_imessages(line: Line, bobs: Client) -> None:
    they_said(known(line, "Emil Sender", family=Family.EMAIL), "By mail")
    assert names_of(bobs.get(inbox())) == []


def test_an_empty_list_says_what_it_would_show_and_that_nothing_is_hidden(line: Line, bobs: Client) -> None:
    words = text_of(bobs.get(inbox()))
    assert "what happened over iMessage or SMS with this contact?" in words
    assert "no filter hides anything" in words
    assert "came in" not in words
    inbox_of_line.store(line, [heard("Hello")])
    assert "1 message or receipt came in and is still being put into its thread" in text_of(bobs.get(inbox()))


def test_an_empty_list_names_the_filter_that_hides_rows_or_says_that_none_does_alone(line: Line, bobs: Client) -> None:
    they_said(known(line), "Hello")
    assert "Without Status: 1" in text_of(bobs.get(inbox(), {"direction": "in", "status": "draft"}))
    assert "To take one of them away is not enough" in text_of(bobs.get(inbox(), {"direction": "out", "status": "draft"}))


def test_a_workspace_without_a_conversation_is_led_through_its_first_steps(
    northwind: Workspace, alice: User, sign_in: SignIn, bobs: Client, ritas: Client
) -> None:
    def offered(client: Client) -> list[str]:
        return re.findall(r'class="btn small" href="/w/northwind/([^"]+)"', html_of(client.get(inbox())))

    assert offered(sign_in(alice)) == ["lines/add/", "leads/import/", "new/"], "colleagues are there already"
    assert offered(bobs) == ["leads/import/", "new/"]
    assert "An admin does it." in text_of(bobs.get(inbox()))
    assert "A line to write from" in text_of(ritas.get(inbox()))
    assert not offered(ritas)
    they_said(known(make_line(northwind)), "Hello")
    Conversation.objects.update(archived_at=timezone.now())
    assert "First steps" not in html_of(bobs.get(inbox())), "it has begun long ago; all of it is archived"


def test_the_first_admin_is_not_taken_for_a_colleague(northwind: Workspace, alice: User, sign_in: SignIn) -> None:
    Invitation.objects.create(
        workspace=northwind, email=alice.email, role=Role.ADMIN, accepted_at=timezone.now(), expires_at=timezone.now()
    )
    assert "Invite people" in text_of(sign_in(alice).get(inbox()))


def crowd(line: Line, count: int) -> list[Conversation]:
    """Persons who wrote, the newest first."""
    people = [ConversationFactory.build(line=line, contact_name=f"Person {number:03}") for number in range(count)]
    rows = Conversation.objects.bulk_create(people)
    they_said_all((row, "Hello", number + 1) for number, row in enumerate(rows))
    return rows


def test_older_rows_come_by_a_signed_cursor_without_a_gap_or_a_double(line: Line, bobs: Client) -> None:
    crowd(line, ROWS + 7)
    first = bobs.get(inbox())
    older = re.search(r'href="([^"]*\?before=[^"]+)"', html_of(first))
    assert older
    second = bobs.get(older.group(1))
    assert names_of(first) + names_of(second) == [f"Person {number:03}" for number in range(ROWS + 7)]
    assert "?before=" not in html_of(second)


def test_a_cursor_that_was_tampered_with_starts_the_list_anew(line: Line, bobs: Client) -> None:
    they_said(known(line), "Hello")
    assert names_of(bobs.get(inbox() + "?before=WyIyMDI2Il0:forged")) == ["Priya Raman"]


def test_a_list_that_reloads_itself_brings_back_all_it_showed(line: Line, bobs: Client) -> None:
    rows = crowd(line, ROWS + 7)
    html = html_of(bobs.get(inbox()))
    older = re.search(r"\?before=([^\"]+)", html)
    assert older
    second = html_of(bobs.get(inbox(part=f"rows/?before={older.group(1)}"), headers=HTMX))
    through = re.findall(r'name="through" value="([^"]+)"', second)[-1]
    they_said(rows[-1], "Me again")
    again = bobs.get(inbox(part="rows/"), {"through": through}, headers=HTMX)
    assert names_of(again)[0] == f"Person {ROWS + 6:03}"
    assert sorted(names_of(again)) == sorted(row.contact_name for row in rows)


def test_queries_do_not_grow_with_rows(line: Line, bobs: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            bobs.get(inbox())
        return len(queries)

    they_said_all((known(line, f"Person {number}"), "Hello", number) for number in range(5))
    bobs.get(inbox())  # the first visit notes the workspace and the session
    few = cost()
    they_said_all((known(line, f"Person {number}"), "Hello", number) for number in range(5, 50))
    assert cost() == few
    assert few <= 6


def test_what_contacts_write_stays_text(line: Line, bobs: Client) -> None:
    they_said(ConversationFactory.create(line=line, contact_name="<img src=x onerror=alert(1)>"), "<script>alert(1)</script>")
    html = html_of(bobs.get(inbox()))
    assert "<script>alert" not in html
    assert "<img src=x" not in html


def test_why_something_may_be_missing_is_told_as_things_stand(line: Line, bobs: Client) -> None:
    """S0-133, S0-136, S0-137: filters, workspace, what is on its way, and each line with its last sign of life."""
    Line.objects.filter(pk=line.pk).update(last_inbound_at=timezone.now() - timedelta(minutes=2))
    words = text_of(bobs.get("/w/northwind/missing/", {"page": "imessages", "direction": "in"}))
    assert "Filters: Direction: Incoming." in words
    assert "Workspace: Northwind" in words
    assert "On their way: nothing" in words
    assert f"{line.name} : active, last event 2 min ago." in words
    assert "no mailbox has them" in words
