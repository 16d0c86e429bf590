from __future__ import annotations

from html import escape

import pytest
from django.test import Client
from django.utils import timezone

from conversations.models import BulkAction, Conversation, ConversationTag, Tag
from conversations.refusals import Refused
from conversations.thread import actions, archiving, handing
from conversations.work import bulk, bulk_work
from conversations.work.bulk import Kind, State, Wanted
from lines.models import Line
from tests.cast import SignIn
from tests.conversations.work.conftest import Heard
from tests.core import make_conversation, make_line
from workspaces.models import Membership, User, Workspace

PHONE = ("phone",)


@pytest.fixture
def three(wrote: Heard) -> list[Conversation]:
    return [wrote(f"+1202555010{n}") for n in range(3)]


def many(line: Line, count: int) -> None:
    rows = [
        Conversation(workspace=line.workspace, line=line, address=f"+1303555{n:04}", last_at=timezone.now()) for n in range(count)
    ]
    Conversation.objects.bulk_create(rows)


def archived() -> int:
    return Conversation.objects.filter(archived_at__isnull=False).count()


def test_ticked_rows_are_archived_together_and_undone_together(bobs: Client, three: list[Conversation]) -> None:
    ids = [one.public_id for one in three[:2]]
    asked = {"do": "archive", "conversation": ids, "list": "overview", "query": "record=all&unread=1"}
    page = bobs.post("/w/northwind/bulk/start/", asked, follow=True)
    assert archived() == 2
    action = BulkAction.objects.get()
    assert "2 conversations archived." in page.content.decode()
    undo = f"/w/northwind/bulk/{action.public_id}/undo/?list=overview&query=record%3Dall%26unread%3D1"
    assert escape(undo) in page.content.decode()
    page = bobs.post(undo, follow=True)
    assert "Undone for 2 conversations." in page.content.decode()
    assert page.redirect_chain[-1][0] == "/w/northwind/overview/?record=all&unread=1"  # back where it was pressed
    assert archived() == 0


def test_undo_leaves_alone_what_changed_since(
    bob: User, alice: User, northwind: Workspace, three: list[Conversation], wrote: Heard
) -> None:
    action = bulk.start_with(northwind, Wanted(Kind.ARCHIVE), [one.public_id for one in three], by=bob)
    wrote(three[0].address)  # came back by itself
    for change in (archiving.unarchive, archiving.archive):
        change(three[1], by=alice)  # archived again, by hand
    assert bulk.undo(action, by=bob)
    action.refresh_from_db()
    assert (action.state, action.changed, action.restored) == (State.UNDONE, 3, 1)
    assert set(Conversation.objects.filter(archived_at__isnull=False)) == {three[1]}
    assert not bulk.undo(action, by=bob)


def test_undo_of_unarchive_hides_no_new_message(bob: User, northwind: Workspace, three: list[Conversation], wrote: Heard) -> None:
    for one in three:
        archiving.archive(one, by=bob)
    before = dict(Conversation.objects.values_list("pk", "archived_at"))
    action = bulk.start_with(northwind, Wanted(Kind.UNARCHIVE), [one.public_id for one in three], by=bob)
    wrote(three[0].address, "Something new")
    bulk.undo(action, by=bob)
    after = dict(Conversation.objects.values_list("pk", "archived_at"))
    assert after == {**before, three[0].pk: None}


def test_assigning_and_back_to_each_ones_own(bob: User, alice: User, northwind: Workspace, three: list[Conversation]) -> None:
    handing.hand_over(three[0], alice, by=alice)
    action = bulk.start_with(northwind, Wanted(Kind.ASSIGN, assignee=bob), [one.public_id for one in three], by=alice)
    assert action.changed == 3
    handing.hand_over(three[2], alice, by=alice)
    handing.hand_over(three[2], bob, by=alice)  # the same value, but a later decision
    bulk.undo(action, by=alice)
    owners = dict(Conversation.objects.values_list("pk", "assignee"))
    assert owners == {three[0].pk: alice.pk, three[1].pk: None, three[2].pk: bob.pk}


def test_marking_handled_and_waiting_again(bob: User, northwind: Workspace, three: list[Conversation], wrote: Heard) -> None:
    action = bulk.start_with(northwind, Wanted(Kind.HANDLED), [one.public_id for one in three], by=bob)
    assert action.changed == 3
    assert not Conversation.objects.filter(waiting_since__isnull=False).exists()
    again = wrote(three[0].address, "And one more thing")
    actions.mark_handled(again, by=bob)
    bulk.undo(action, by=bob)
    waiting = set(Conversation.objects.filter(waiting_since__isnull=False))
    assert waiting == set(three[1:])


def test_tags_are_taken_off_again_but_not_those_that_were_there(bob: User, northwind: Workspace, three: list[Conversation]) -> None:
    tag = Tag.objects.create(workspace=northwind, name="Expo")
    ConversationTag.objects.create(workspace=northwind, conversation=three[0], tag=tag)
    action = bulk.start_with(northwind, Wanted(Kind.TAG, tag=tag), [one.public_id for one in three], by=bob)
    assert (action.changed, ConversationTag.objects.count()) == (2, 3)
    bulk.undo(action, by=bob)
    assert list(ConversationTag.objects.values_list("conversation", flat=True)) == [three[0].pk]


def test_all_that_match_is_asked_once_more_with_its_count(bobs: Client, three: list[Conversation]) -> None:
    archiving.archive(three[0], by=Membership.objects.get(role="rep").user)
    posted = {"do": "archive", "all": "1", "list": "imessages", "query": "waiting=1"}
    page = bobs.post("/w/northwind/bulk/start/", posted).content.decode()
    assert "Archive 2 conversations?" in page
    assert archived() == 1
    bobs.post("/w/northwind/bulk/start/", {**posted, "sure": "1"})
    assert archived() == 3


@pytest.mark.parametrize("query", ["status=nonsense", "q=prices"])
def test_what_cannot_be_read_never_widens_the_set(bob: User, northwind: Workspace, three: list[Conversation], query: str) -> None:
    with pytest.raises(Refused):
        bulk.start_with_all(northwind, Wanted(Kind.ARCHIVE), query, PHONE, by=bob)
    assert archived() == 0


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if 20 were many already, and 50 a step of the work."""
    monkeypatch.setattr(bulk, "AT_ONCE", 20)
    monkeypatch.setattr(bulk_work, "CHUNK", 50)


def test_many_are_a_job_with_progress(bobs: Client, bob: User, northwind: Workspace, line: Line) -> None:
    many(line, 1_201)
    action = bulk.start_with_all(northwind, Wanted(Kind.ARCHIVE), "", PHONE, by=bob)
    assert (action.state, archived()) == (State.GATHERING, 0)
    assert bulk_work.chunk(action.pk)
    assert bulk_work.chunk(action.pk)
    page = bobs.get(f"/w/northwind/bulk/{action.public_id}/progress/")
    assert page.status_code == 200
    assert "500 of 1201" in page.content.decode()
    bulk_work.advance(action.pk)
    action.refresh_from_db()
    assert (action.state, action.processed, action.changed, archived()) == (State.DONE, 1_201, 1_201, 1_201)
    assert bobs.get(f"/w/northwind/bulk/{action.public_id}/progress/").status_code == 286
    bulk_work.advance(action.pk)  # a doubled ring
    bulk.undo(action, by=bob)
    bulk_work.advance(action.pk)
    assert archived() == 0


def test_stopped_in_the_middle_it_can_be_undone(bob: User, northwind: Workspace, line: Line, small_steps: None) -> None:
    many(line, 60)
    action = bulk.start_with_all(northwind, Wanted(Kind.ARCHIVE), "", PHONE, by=bob)
    bulk_work.chunk(action.pk)
    bulk_work.chunk(action.pk)
    assert bulk.stop(action, by=bob)
    bulk_work.advance(action.pk)
    assert archived() == 50
    bulk.undo(action, by=bob)
    bulk_work.advance(action.pk)
    assert archived() == 0


def test_foreign_ids_are_nobodys(
    bobs: Client, bob: User, northwind: Workspace, contoso: Workspace, charlie: User, three: list[Conversation], sign_in: SignIn
) -> None:
    foreign = make_conversation(make_line(contoso))
    stranger = Membership.objects.get(user=charlie)
    url = "/w/northwind/bulk/start/"
    bobs.post(url, {"do": "archive", "conversation": [foreign.public_id]})
    bobs.post(url, {"do": "archive", "conversation": [foreign.public_id, three[0].public_id]})
    bobs.post(url, {"do": "assign", "to": stranger.public_id, "conversation": [three[1].public_id]})
    foreign.refresh_from_db()
    assert foreign.archived_at is None
    assert archived() == 1
    assert not Conversation.objects.filter(assignee=charlie).exists()
    action = BulkAction.objects.get()
    assert sign_in(charlie).post(f"/w/contoso/bulk/{action.public_id}/undo/").status_code == 404


def test_rita_has_no_boxes_and_is_refused(rita: User, sign_in: SignIn, three: list[Conversation]) -> None:
    browser = sign_in(rita)
    assert 'name="conversation"' not in browser.get("/w/northwind/imessages/").content.decode()
    assert browser.post("/w/northwind/bulk/start/", {"do": "archive", "conversation": [three[0].public_id]}).status_code == 403
    assert archived() == 0


def test_bob_has_boxes(bobs: Client, three: list[Conversation]) -> None:
    page = bobs.get("/w/northwind/imessages/").content.decode()
    assert f'value="{three[0].public_id}" form="selection"' in page
    assert 'name="query" value=""' in page
