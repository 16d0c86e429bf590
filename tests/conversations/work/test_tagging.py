"""Tags: put on and taken off in a thread, shown in rows, filtered by; and what is done leaves a line in the thread."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from conversations.inbox import asking, counting, menus, tagging, whole
from conversations.inbox.listing import IMESSAGES
from conversations.models import BulkAction, Conversation, ConversationTag, Draft, Tag, ThreadEvent
from conversations.thread import snoozing
from conversations.work import bulk
from lines.models import Line
from tests.conversations.views.pages import HTMX, html_of, names_of, text_of
from tests.factories_conversations import known, they_said
from workspaces.models import User, Workspace

LIST = "/w/northwind/imessages/"


@pytest.fixture
def priya(line: Line) -> Conversation:
    row = known(line, "Priya Raman")
    they_said(row, "Tuesday at 2 works")
    return row


def tag(client: Client, row: Conversation, **said: str) -> str:
    return text_of(client.post(f"{LIST}{row.public_id}/tag/", said, follow=True))


def lines_of(row: Conversation) -> list[str]:
    return [str(one) for one in ThreadEvent.objects.filter(conversation=row).order_by("pk")]


def test_a_tag_stands_in_the_row_and_beside_the_thread_and_narrows_the_list(line: Line, priya: Conversation, bobs: Client) -> None:
    they_said(known(line, "Marcus Oyelaran", company="Fathom"), "How much?")
    assert "Tagged “Renewal”." in tag(bobs, priya, name="  Renewal ")
    page = bobs.get(LIST, {"tag": "renewal"})
    assert names_of(page) == ["Priya Raman"]
    assert "Tag: Renewal" in html_of(page)
    assert "1 conversation" in text_of(page)
    thread = html_of(bobs.get(f"{LIST}{priya.public_id}/"))
    assert f"?tag={Tag.objects.get().public_id}" in thread
    assert "Tagged “Renewal” · Bob" in " ".join(text_of(bobs.get(f"{LIST}{priya.public_id}/")).split())


def test_a_tag_that_is_refused_comes_back_as_it_was_typed(priya: Conversation, bobs: Client) -> None:
    typed = "Renewal of all " + "x" * tagging.LONGEST
    for headers in ({}, HTMX):
        answer = bobs.post(f"{LIST}{priya.public_id}/tag/", {"name": typed}, headers=headers)
        assert answer.status_code == 422
        assert f'value="{typed}"' in html_of(answer)
        assert "A tag has 40 characters at most" in text_of(answer)
    assert not Tag.objects.exists()


def test_the_menu_counts_the_conversations_of_each_tag_under_the_other_filters(
    priya: Conversation, bob: User, bobs: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag(bobs, priya, name="Renewal")
    for query, expected in (("", 1), ("direction=out", 0), ("direction=in&tag=renewal", 1)):
        assert tag_count(priya.workspace, bob, query) == expected
    monkeypatch.setattr(menus, "MOST_CARRIED", 1)
    assert tag_count(priya.workspace, bob, "") is None


def tag_count(workspace: Workspace, user: User, query: str) -> int | None:
    whole.forget(workspace)
    found = asking.read(QueryDict(query), workspace, user, families=IMESSAGES.families)
    (menu,) = menus.menus(workspace, found, counting.counted(workspace, found, user), only="tag")
    return menu.options[0].count


def test_a_tag_is_one_in_any_case_and_comes_off_again(priya: Conversation, bobs: Client) -> None:
    tag(bobs, priya, name="Renewal")
    assert "carries “Renewal” already" in tag(bobs, priya, name="RENEWAL")
    tag(bobs, priya, off=Tag.objects.get().public_id)
    assert not ConversationTag.objects.exists()
    assert lines_of(priya) == ["Tagged “Renewal”", "Tag taken off: “Renewal”"]


@pytest.mark.parametrize("name", ["", "   ", "x" * 41])
def test_a_tag_has_a_name_of_bearable_length(name: str, priya: Conversation, bobs: Client) -> None:
    tag(bobs, priya, name=name)
    assert not Tag.objects.exists()


def test_an_unknown_tag_in_an_address_is_told_and_never_one_of_another_workspace(
    priya: Conversation, contoso: Workspace, bobs: Client
) -> None:
    theirs = Tag.objects.create(workspace=contoso, name="Secret")
    page = text_of(bobs.get(LIST, {"tag": theirs.public_id}))
    assert "No tag is called" in page
    assert bobs.post(f"{LIST}{priya.public_id}/tag/", {"off": theirs.public_id}).status_code == 404


def test_a_row_says_that_its_reader_has_begun_a_reply(priya: Conversation, bobs: Client, bob: User, alices: Client) -> None:
    Draft.objects.create(workspace=priya.workspace, conversation=priya, user=bob, body="Shall I")
    assert "You have begun a reply" in html_of(bobs.get(LIST))
    assert "You have begun a reply" not in html_of(alices.get(LIST))
    assert "You have begun a reply" in html_of(bobs.get(LIST, {"q": "priya"}))


def test_what_is_done_in_bulk_stands_in_the_threads_until_it_is_undone(priya: Conversation, bob: User) -> None:
    wanted = bulk.Wanted(BulkAction.Kind.ASSIGN, assignee=bob)
    action = bulk.start_with(priya.workspace, wanted, [priya.public_id], by=bob)
    assert lines_of(priya) == [f"Assigned to {bob}"]
    bulk.undo(action, by=bob)
    assert lines_of(priya) == []
    priya.refresh_from_db()
    assert priya.assignee is None


def test_snoozing_and_excluding_leave_a_line(priya: Conversation, bobs: Client, bob: User) -> None:
    snoozing.snooze(priya, timezone.now() + timedelta(hours=3), by=bob)
    bobs.post(f"{LIST}{priya.public_id}/exclude/", {"company": "1"})
    assert [line.split()[0] for line in lines_of(priya)] == ["Snoozed", "Excluded"]
