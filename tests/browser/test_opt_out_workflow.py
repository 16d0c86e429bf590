"""The opt-out workflow from the filter to a record that no campaign picks up (S0-131), exporting over the thread, and the pages
of work without barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from conversations.models import BulkAction, Task, ThreadEvent
from conversations.thread import approvals
from conversations.work import bulk
from leads.models import Lead, OptOut
from tests.accessibility import faults_of
from tests.browser.conftest import Served
from tests.core import heard
from workspaces.models import User

pytestmark = pytest.mark.browser


def test_a_request_to_be_removed_is_confirmed_and_excluded_where_it_is_read(served: Served, bobs: Page) -> None:
    served.told(heard("please remove me from your list", served.priya.address))
    bobs.goto(served.at())
    bobs.locator("#rows .conv", has_text="Priya Raman").click()
    bobs.locator("#messages").get_by_role("button", name="Exclude contact").click()
    expect(bobs.locator("#thread-head")).to_contain_text("Opted out")
    assert Lead.objects.filter(conversations=served.priya, status=Lead.Status.EXCLUDED).exists()
    assert OptOut.objects.filter(value=served.priya.address, lifted_at=None).exists()
    assert ThreadEvent.objects.filter(conversation=served.priya, kind=ThreadEvent.Kind.EXCLUDED).exists()


def test_messages_are_exported_over_the_thread(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.get_by_text("Action", exact=True).click()
    bobs.get_by_role("link", name="Export messages").click()
    dialog = bobs.get_by_role("dialog", name="Export messages of Priya Raman")
    dialog.get_by_label("Start date").fill("2001-01-01")
    dialog.get_by_role("button", name="Export").click()
    expect(dialog).to_contain_text("within 7 days")
    today = dialog.get_by_label("End date").input_value()
    dialog.get_by_label("Start date").fill(today)
    with bobs.expect_download() as download:
        dialog.get_by_role("button", name="Export").click()
    assert download.value.suggested_filename.endswith(".csv")
    expect(dialog).to_be_hidden()
    expect(bobs.locator("#over [data-written]")).to_have_text("1 of 1 messages")
    expect(bobs.locator("#thread-head summary")).to_be_focused()


def test_the_pages_of_work_are_accessible(served: Served, bobs: Page, bob: User) -> None:
    workspace = served.line.workspace
    Task.objects.create(workspace=workspace, title="Call back", assignee=bob, created_by=bob, conversation=served.priya)
    draft = approvals.propose(served.priya, "Shall we say Tuesday?", by=bob, nonce="1")
    action = bulk.start_with(workspace, bulk.Wanted(BulkAction.Kind.ARCHIVE), [served.marcus.public_id], by=bob)
    paths = ("tasks/", "tasks/?show=done", f"drafts/{draft.public_id}/", "bulk/", f"bulk/{action.public_id}/")
    assert not faults_of(bobs, map(served.at, paths))
