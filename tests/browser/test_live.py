"""Open pages follow what happens, within two seconds and without disturbing who reads or writes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from conversations import live
from conversations.models import Attempt, Conversation, Message
from conversations.vocabulary import AttemptState, Channel
from lines.gateways.base import MessageStatus
from lines.gateways.base import State as GatewayState
from tests.browser.conftest import Served
from tests.core import heard
from tests.factories_conversations import ConversationFactory, they_said_all, we_said

pytestmark = pytest.mark.browser

SOON = 10_000


FIND = "[...document.querySelectorAll('.conv, .turn')].find(one => one.textContent.includes(text))"


def top_of(page: Page, text: str) -> float:
    """Where the row or message with this text stands. In one step: a handle may be swapped away under our hands."""
    return float(page.evaluate(f"text => {FIND}.getBoundingClientRect().top", text))


def test_a_reply_appears_in_thread_and_list_without_a_reload_and_a_stop_ends_the_writing(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    box = bobs.locator("#composer-body")
    box.press_sequentially("Half a thought")
    served.told(heard("And bring the NetSuite person", sender=served.priya.address))
    expect(bobs.locator("#log")).to_contain_text("And bring the NetSuite person", timeout=SOON)
    expect(bobs.locator(".conv").first).to_contain_text("And bring the NetSuite person", timeout=SOON)
    expect(bobs.locator("#heard")).to_contain_text("And bring the NetSuite person")
    expect(box).to_have_value("Half a thought")
    expect(box).to_be_focused()
    served.told(heard("STOP", sender=served.priya.address))
    expect(bobs.locator("#composer-send")).to_be_disabled()
    expect(bobs.locator("#composer-advice")).to_contain_text("This contact opted out")
    expect(box).to_have_value("Half a thought")
    expect(bobs.get_by_role("button", name="Opt in again")).to_be_visible()


def test_reading_it_there_shows_read_here_and_what_was_unfolded_stays_unfolded_and_focused(served: Served, bobs: Page) -> None:
    message = we_said(served.priya, "Tuesday it is.", ago=5)
    Attempt.objects.create(
        workspace=message.workspace, message=message, n=1, line=served.line, channel=Channel.IMESSAGE,
        state=AttemptState.ACCEPTED, vendor_id="guid-1",
    )  # fmt: skip
    bobs.goto(served.thread(served.priya))
    expect(bobs.locator(".turn.out").last).to_contain_text("Sent")
    now = timezone.now()
    served.told(
        MessageStatus(dedupe_key="read:1", vendor_message_id="guid-1", occurred_at=now, state=GatewayState.READ, read_at=now)
    )
    details = bobs.locator(f"#m-{message.public_id} details.st")
    status = details.locator("> summary")
    expect(status).to_contain_text("Read", timeout=SOON)
    status.click()
    expect(details).to_have_attribute("open", "")
    served.told(heard("One more thing", sender=served.priya.address))
    expect(bobs.locator("#log")).to_contain_text("One more thing", timeout=SOON)
    expect(status).to_contain_text("Replied")
    expect(details).to_have_attribute("open", "")
    expect(status).to_be_focused()


def test_opening_a_thread_marks_it_seen(served: Served, bobs: Page) -> None:
    bobs.goto(served.at())
    row = bobs.locator(".conv", has_text="Marcus Oyelaran")
    expect(row).to_have_class(re.compile("unread"))
    row.click()
    expect(bobs.locator("#new")).to_be_visible()
    expect(row).not_to_have_class(re.compile("unread"))
    served.marcus.refresh_from_db()
    assert served.marcus.unread == 0
    expect(bobs.locator("#new")).to_be_visible()  # the line stays while the page is open


def test_the_row_under_the_pointer_stays_under_it(served: Served, bobs: Page) -> None:
    people = [ConversationFactory.create(line=served.line, contact_name=f"Person {number:02}") for number in range(30)]
    they_said_all((person, "Hello", 100 + number) for number, person in enumerate(people))
    bobs.goto(served.at())
    row = bobs.locator(".conv", has_text="Person 02")
    row.hover()
    before = top_of(bobs, "Person 02")
    served.told(heard("Newer than all", sender="+14155550138"))
    expect(bobs.locator(".conv").first).to_contain_text("Newer than all", timeout=SOON)
    assert abs(top_of(bobs, "Person 02") - before) < 2
    bobs.get_by_role("button", name="1 new").click()
    expect(bobs.locator(".conv").first).to_be_in_viewport()


def test_who_reads_further_up_is_not_moved_and_who_is_at_the_end_sees_the_newest(served: Served, bobs: Page) -> None:
    newest = they_said_all((served.priya, f"Message {number:02}", 45 - number) for number in range(45))[-1]
    Conversation.objects.filter(pk=served.priya.pk).update(seen_through=newest.pk, unread=0)
    bobs.goto(served.thread(served.priya))
    expect(bobs.locator("#log")).to_contain_text("Message 44")
    served.told(heard("The newest of all", sender=served.priya.address))
    expect(bobs.get_by_text("The newest of all").last).to_be_in_viewport(timeout=SOON)
    middle = bobs.locator(".turn", has_text="Message 20")
    bobs.evaluate(f"text => {FIND}.scrollIntoView()", "Message 20")
    expect(middle).to_be_in_viewport()
    before = top_of(bobs, "Message 20")
    served.told(heard("And one after that", sender=served.priya.address))
    expect(bobs.locator("#log")).to_contain_text("And one after that", timeout=SOON)
    assert abs(top_of(bobs, "Message 20") - before) < 2


def test_a_long_thread_grows_upward_while_one_scrolls_also_while_it_is_being_drawn_anew(served: Served, bobs: Page) -> None:
    newest = they_said_all((served.priya, f"Message {number:03}", 130 - number) for number in range(130))[-1]
    Conversation.objects.filter(pk=served.priya.pk).update(seen_through=newest.pk, unread=0)  # opening it changes nothing
    bobs.goto(served.thread(served.priya))
    log = bobs.locator("#log")
    anew = re.compile(r"/messages/\?.*since=")
    held: list[Route] = []
    bobs.route(anew, lambda route: held.append(route))
    changed = "() => document.body.dispatchEvent(new CustomEvent('thread-changed'))"
    with bobs.expect_request(anew):
        bobs.evaluate(changed)
    expect(log).not_to_contain_text("Message 060")
    log.evaluate("log => { log.scrollTop = -log.scrollHeight }")
    expect(log).to_contain_text("Message 060")
    log.evaluate("log => { log.scrollTop = 0 }")
    held[0].continue_()  # it was asked for before the earlier messages were there
    bobs.unroute(anew)
    with bobs.expect_response(anew):
        bobs.evaluate(changed)
    expect(bobs.locator("#messages.htmx-request")).to_have_count(0)
    expect(log).to_contain_text("Message 060")
    expect(log).not_to_contain_text("Message 010")
    log.evaluate("log => { log.scrollTop = -log.scrollHeight }")
    expect(log).to_contain_text("Message 000")
    bodies = bobs.locator("#log .turn .b").all_inner_texts()
    numbered = [body for body in bodies if body.startswith("Message")]
    assert numbered == [f"Message {number:03}" for number in range(130)]


def test_a_server_that_does_not_answer_is_said_and_forgotten_when_it_does_and_an_empty_list_fills(
    served: Served, bobs: Page
) -> None:
    served.priya.delete()
    served.marcus.delete()
    bobs.goto(served.at())
    expect(bobs.locator("#list")).to_contain_text("Nothing here yet")
    expect(bobs.locator("#live")).to_have_text("Live", use_inner_text=True)
    bobs.route("**/live/*", lambda route: route.abort())
    expect(bobs.locator("#live")).to_have_text("Delayed, trying again", use_inner_text=True)
    served.told(heard("who is this?", sender="+14155550138"))
    bobs.unroute("**/live/*")
    expect(bobs.locator("#live")).to_have_text("Live", use_inner_text=True)
    expect(bobs.locator(".conv")).to_contain_text("+1 415-555-0138", timeout=SOON)
    expect(bobs.locator("#list")).not_to_contain_text("Nothing here yet")


def test_scheduled_messages_leave_the_end_when_they_are_cancelled(served: Served, bobs: Page) -> None:
    due = timezone.now() + timedelta(days=1)
    waiting = we_said(served.priya, "Later", state="queued", scheduled_at=due, run_at=due)
    bobs.goto(served.thread(served.priya))
    expect(bobs.locator(".pending-head")).to_be_visible()
    bobs.get_by_role("button", name="Cancel").click()
    expect(bobs.locator(".toast")).to_contain_text("It was not sent.")
    expect(bobs.locator(".pending-head")).to_have_count(0)
    assert Message.objects.get(pk=waiting.pk).state == "cancelled"


def test_a_thread_that_did_not_change_is_left_alone(served: Served, bobs: Page) -> None:
    """Every minute pages look by themselves; who selects text at that moment keeps it."""
    Conversation.objects.filter(pk=served.priya.pk).update(seen_through=2**40, unread=0)
    bobs.goto(served.thread(served.priya))

    def look() -> None:
        live.bump(served.priya.workspace_id, [served.priya.pk])
        with bobs.expect_response("**/messages/*"):
            pass

    look()  # the first answer has nothing to be compared with
    bobs.locator(".turn.in .b").first.evaluate("node => { getSelection().selectAllChildren(node); window.same = node }")
    look()
    look()
    assert bobs.evaluate("window.same.isConnected && getSelection().toString()") == "Tuesday at 2 works."
    stamp = bobs.locator("[name=thread]").input_value()
    assert stamp == live.stamps(served.priya.workspace_id, served.priya.pk)[1]
