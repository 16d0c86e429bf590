from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import approving
from campaigns.models import Campaign
from conversations.inbox import followups
from conversations.models import BulkAction, Conversation, Message, Task, ThreadEvent
from conversations.refusals import Refused
from conversations.thread import approvals, handing
from conversations.vocabulary import State
from conversations.work import bulk
from leads import optouts
from leads.consent_ledger import Proof
from leads.models import OptOut
from tests.campaigns.making import make_campaign
from tests.cast import SignIn
from tests.conversations.work.conftest import Heard
from tests.core import make_conversation, make_line
from workspaces.models import Membership, User, Workspace


def test_handing_over_gives_the_colleague_a_task_with_the_note(bobs: Client, alice: User, wrote: Heard) -> None:
    one = wrote()
    to = Membership.objects.get(user=alice).public_id
    bobs.post(f"/w/northwind/imessages/{one.public_id}/follow-up/", {"to": to, "note": "They want a demo"})
    one.refresh_from_db()
    assert one.assignee == alice
    task = Task.objects.get()
    assert (task.title, task.assignee, task.conversation) == ("They want a demo", alice, one)
    event = ThreadEvent.objects.get(conversation=one, kind=ThreadEvent.Kind.ASSIGNED)
    assert event.text == f"to {alice}: They want a demo"


def test_a_note_that_is_too_long_is_not_cut_but_comes_back(bobs: Client, alice: User, wrote: Heard) -> None:
    one = wrote("Can we talk?")
    to = Membership.objects.get(user=alice).public_id
    note = "They want a demo " + "x" * 200
    refused = bobs.post(f"/w/northwind/imessages/{one.public_id}/follow-up/", {"to": to, "note": note})
    assert refused.status_code == 422
    assert f">{note}</textarea>" in refused.content.decode()
    one.refresh_from_db()
    assert one.assignee is None


def test_nothing_is_handed_to_viewers_or_strangers(bobs: Client, rita: User, charlie: User, wrote: Heard) -> None:
    one = wrote()
    for somebody in (rita, charlie):
        to = Membership.objects.get(user=somebody).public_id
        refused = bobs.post(f"/w/northwind/imessages/{one.public_id}/follow-up/", {"to": to, "note": "They want a demo"})
        assert refused.status_code == 422
        assert "They want a demo" in refused.content.decode()  # what was typed stays
    one.refresh_from_db()
    assert one.assignee is None
    assert not Task.objects.exists()


def test_a_task_is_due_by_the_workspaces_clock(bobs: Client, northwind: Workspace, wrote: Heard) -> None:
    Workspace.objects.filter(pk=northwind.pk).update(time_zone="America/New_York")
    one = wrote()
    posted = {"title": "Call", "due_at": "2026-12-01T09:00", "assignee": "", "conversation": one.public_id}
    assert bobs.post("/w/northwind/tasks/add/", posted).status_code == 302
    assert Task.objects.get().due_at == datetime(2026, 12, 1, 14, tzinfo=UTC)
    for due_at in ("tomorrow", "9999-12-31T23:59", "0001-01-01T00:00"):
        assert bobs.post("/w/northwind/tasks/add/", {"title": "Call", "due_at": due_at}).status_code == 422
    assert "Call" in bobs.get("/w/northwind/tasks/?show=all").content.decode()


def test_a_foreign_conversation_gets_no_task(bobs: Client, bob: User, contoso: Workspace) -> None:
    foreign = make_conversation(make_line(contoso))
    assert bobs.post("/w/northwind/tasks/add/", {"title": "x", "conversation": foreign.public_id}).status_code == 404
    assert not Task.objects.exists()


def test_done_once_and_open_again(bobs: Client, bob: User, northwind: Workspace) -> None:
    task = followups.add(northwind, "Call", by=bob, assignee=bob, due_at=timezone.now(), conversation=None)
    assert "Overdue" in bobs.get("/w/northwind/tasks/").content.decode()
    assert followups.finish(task, by=bob)
    assert not followups.finish(task, by=bob)
    assert "Call" in bobs.get("/w/northwind/tasks/?show=done").content.decode()
    bobs.post(f"/w/northwind/tasks/{task.public_id}/reopen/")
    assert followups.left_today(northwind, bob).tasks == 1


def test_left_today_counts_replies_due_tasks_and_drafts(bob: User, alice: User, northwind: Workspace, wrote: Heard) -> None:
    one = wrote()
    handing.hand_over(one, bob, by=alice, note="Yours")
    followups.add(northwind, "Later", by=bob, assignee=bob, due_at=timezone.now() + timedelta(days=3), conversation=None)
    approvals.propose(one, "Hi there", by=bob, nonce="n")
    left = followups.left_today(northwind, bob)
    assert (left.replies, left.tasks, left.approvals, left.total) == (1, 1, 1, 3)
    assert followups.left_today(northwind, alice).tasks == 0


def test_rita_sees_tasks_and_changes_none(rita: User, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
    task = followups.add(northwind, "Call", by=bob, assignee=bob, due_at=None, conversation=None)
    browser = sign_in(rita)
    assert "Call" in browser.get("/w/northwind/tasks/?show=all").content.decode()
    assert browser.post(f"/w/northwind/tasks/{task.public_id}/done/").status_code == 403


@pytest.fixture
def draft(bob: User, wrote: Heard) -> Message:
    return approvals.propose(wrote(), "Hi there", by=bob, nonce="n")


def test_a_campaign_that_waits_for_approval_is_among_the_work(
    sign_in: SignIn, alice: User, bob: User, northwind: Workspace
) -> None:
    Workspace.objects.filter(pk=northwind.pk).update(campaign_approval=True)
    campaign = make_campaign(northwind, by=bob, name="Harbour spring", status=Campaign.Status.DRAFT)
    client = sign_in(alice)
    assert "Harbour spring" not in client.get("/w/northwind/tasks/").content.decode()
    approving.ask_approval(campaign, by=bob)
    page = client.get("/w/northwind/tasks/").content.decode()
    assert f"/w/northwind/campaigns/{campaign.public_id}/launch/" in page
    approving.approve(campaign, by=alice)
    assert "Harbour spring" not in client.get("/w/northwind/tasks/").content.decode()


def test_a_draft_is_sent_by_nobody_until_it_is_approved(bobs: Client, bob: User, draft: Message) -> None:
    assert draft.state == State.DRAFT
    assert approvals.propose(draft.conversation, "Hi there", by=bob, nonce="n") == draft
    page = bobs.get("/w/northwind/tasks/").content.decode()
    assert f"/w/northwind/drafts/{draft.public_id}/" in page
    bobs.post(f"/w/northwind/drafts/{draft.public_id}/", {"do": "approve", "body": "Hi there!"})
    draft.refresh_from_db()
    assert (draft.state, draft.body) == (State.QUEUED, "Hi there!")


def test_the_second_decision_finds_it_decided(bob: User, alice: User, draft: Message) -> None:
    assert approvals.approve(draft, "Hi", by=alice)
    assert not approvals.approve(draft, "Hello", by=bob)
    assert not approvals.discard(draft, "Too late", by=bob)
    draft.refresh_from_db()
    assert (draft.state, draft.body) == (State.QUEUED, "Hi")


def test_discarding_needs_a_reason_and_keeps_it(bobs: Client, draft: Message) -> None:
    url = f"/w/northwind/drafts/{draft.public_id}/"
    assert bobs.post(url, {"do": "discard", "body": "Hi"}).status_code == 422
    long = "Already answered by phone " + "x" * 300
    refused = bobs.post(url, {"do": "discard", "body": "Hi", "reason": long})
    assert f'value="{long}"' in refused.content.decode(), "what is too long is not cut, but comes back"
    bobs.post(url, {"do": "discard", "body": "Hi", "reason": "Already answered by phone"})
    assert "Already answered by phone" in bobs.get("/w/northwind/messages/", {"status": "discarded"}).content.decode()
    draft.refresh_from_db()
    assert draft.state == State.DISCARDED
    assert "Already answered by phone" in bobs.get("/w/northwind/tasks/?show=done").content.decode()
    assert "Already answered by phone" in bobs.get(url).content.decode()


def test_nobody_who_opted_out_gets_an_approved_draft(bob: User, northwind: Workspace, draft: Message) -> None:
    optouts.opt_out(northwind, draft.address, Proof(source=OptOut.Source.PERSON))
    with pytest.raises(Refused, match="opted out"):
        approvals.approve(draft, "Hi", by=bob)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT
    assert Conversation.objects.get().messages.filter(state=State.QUEUED).count() == 0


def test_long_lists_of_work_go_on_where_the_page_ends(
    wrote: Heard, bobs: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    priya = wrote()
    monkeypatch.setattr(followups, "SIZE", 3)
    monkeypatch.setattr(bulk, "SIZE", 3)
    now = timezone.now()
    for n in range(7):
        due = now + timedelta(minutes=n // 2) if n < 5 else None
        Task.objects.create(workspace=priya.workspace, title=f"Task {n}", assignee=bob, created_by=bob, due_at=due)
        approvals.propose(priya, f"Draft {n}", by=bob, nonce=str(n))
        bulk.start_with(priya.workspace, bulk.Wanted(BulkAction.Kind.ARCHIVE), [priya.public_id], by=bob)

    def all_of(url: str, more: str, pattern: str) -> list[str]:
        found, query = [], ""
        while True:
            page = bobs.get(url + query).content.decode()
            found += re.findall(pattern, page)
            following = re.search(rf'href="(\?[^"]+)">{more}</a>', page)
            if not following:
                return found
            query = following[1].replace("&amp;", "&").split("#")[0]

    assert all_of("/w/northwind/tasks/", "More tasks", r"<b>Task (\d)") == list("0123456")
    assert all_of("/w/northwind/tasks/", "More drafts", r"<p>Draft (\d)") == list("0123456")
    assert len(all_of("/w/northwind/bulk/", "Older actions", r"<b>Archive</b>")) == 7


def test_a_draft_that_waits_for_approval_stands_in_its_thread(wrote: Heard, bobs: Client, bob: User) -> None:
    priya = wrote()
    message = approvals.propose(priya, "Shall we say Tuesday?", by=bob, nonce="1")
    page = bobs.get(f"/w/northwind/imessages/{priya.public_id}/").content.decode()
    assert "Draft to approve" in page
    assert f"/w/northwind/drafts/{message.public_id}/" in page
