"""The reply workflow without leaving the page (S0-129), drafts, undo, canned responses and notes in a browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from conversations import presence
from conversations.models import CannedResponse, Conversation, Draft
from conversations.vocabulary import State
from intent.vocabulary import Reason, Status
from tests.accessibility import EVERY, faults
from tests.browser.conftest import Served
from tests.core import outgoing
from tests.factories_conversations import we_said
from workspaces.models import User

pytestmark = pytest.mark.browser


TOO_WIDE = """() => [...document.querySelectorAll("#conversation *")]
    .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest(".sr"))
    .map((one) => one.outerHTML.slice(0, 80))"""
"""What reaches beyond the screen."""


def test_the_ten_steps_of_a_reply_happen_on_one_page(served: Served, bobs: Page) -> None:
    Conversation.objects.filter(pk=served.priya.pk).update(
        intent_status=Status.POSITIVE, intent_reason=Reason.MEETING, intent_score=92
    )
    bobs.goto(served.at())
    bobs.locator(".conv", has_text="Priya Raman").click()  # 1 open the thread
    page = bobs.locator("#conversation")
    expect(page.locator(".turn.in").last).to_contain_text("Tuesday at 2 works.")  # 2 the latest reply
    beside = bobs.locator("#ctx")
    for words in ("Positive", "Meeting", "92"):  # 3 to 5 status, reason, score
        expect(beside).to_contain_text(words)
    expect(beside).to_contain_text("VP Finance")  # 6 the contact
    expect(beside).to_contain_text("Fintech 50–500")  # 7 company and ICP
    expect(beside).to_contain_text("Answer the request directly.")  # 8 what helps
    bobs.keyboard.press("r")  # 9 write
    bobs.locator("#composer-body").press_sequentially("Tuesday at 2 it is.")
    bobs.locator("#composer-body").press("Shift+Enter")  # 10 send
    expect(bobs.locator(".turn.out").last).to_contain_text("Tuesday at 2 it is.")
    expect(bobs).to_have_url(served.thread(served.priya))
    assert outgoing(served.priya)[-1] == "Tuesday at 2 it is."


def test_a_reply_is_taken_back_from_its_toast(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.locator("#composer-body").fill("Tuseday it is.")
    bobs.locator("#composer-send").click()
    bobs.locator(".toast").get_by_role("button", name="Undo").click()
    expect(bobs.locator("#composer-body")).to_have_value("Tuseday it is.")
    expect(bobs.locator("#composer")).to_contain_text("Taken back: it was not sent.")
    assert served.priya.messages.get(body="Tuseday it is.").state == State.CANCELLED


def test_a_draft_is_kept_while_one_types_and_is_there_in_another_browser(
    served: Served, bobs: Page, bobs_without_scripts: Page
) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.locator("#composer-body").press_sequentially("Half a thought")
    expect(bobs.locator("#composer-kept")).to_have_text("Draft kept")
    assert Draft.objects.of(served.line.workspace).get().body == "Half a thought"
    bobs_without_scripts.goto(served.thread(served.priya))
    expect(bobs_without_scripts.locator("#composer-body")).to_have_value("Half a thought")


def test_a_colleague_in_the_thread_is_shown_and_who_answers_second_is_asked(served: Served, bobs: Page, olga: User) -> None:
    bobs.goto(served.thread(served.priya))
    presence.meet(served.priya.pk, olga, typing=True)
    expect(bobs.locator("#presence")).to_have_text("Olga is typing a reply")
    bobs.locator("#composer-body").press_sequentially("Wednesday?")
    we_said(served.priya, "Tuesday at 2.", author=olga)
    bobs.locator("#composer-send").click()
    expect(bobs.get_by_role("alert").filter(has_text="Olga answered")).to_contain_text("Your text was not sent")
    expect(bobs.locator("#composer-body")).to_have_value("Wednesday?")
    bobs.get_by_role("button", name="Send anyway").click()
    expect(bobs.locator("#composer-body")).to_have_value("")
    assert outgoing(served.priya)[-2:] == ["Tuesday at 2.", "Wednesday?"]


def test_a_canned_response_fills_the_text_and_a_note_stays_inside(served: Served, bobs: Page) -> None:
    CannedResponse.objects.create(workspace=served.line.workspace, name="Price", body="It is 9 a seat.")
    bobs.goto(served.thread(served.priya))
    bobs.get_by_label("Canned responses").first.click()
    dialog = bobs.get_by_role("dialog", name="Canned responses")
    dialog.get_by_role("searchbox").fill("seat")
    dialog.get_by_text("It is 9 a seat.").click()
    expect(bobs.locator("#composer-body")).to_have_value("It is 9 a seat.")
    expect(dialog).to_be_hidden()
    bobs.get_by_text("Leave a note").click()
    bobs.get_by_label("Note for colleagues").fill("Ask for the second entity.")
    bobs.get_by_role("button", name="Add note").click()
    expect(bobs.locator("#log .note")).to_contain_text("Ask for the second entity.")
    assert len(outgoing(served.priya)) == 1


def test_the_sheet_of_keys_opens_and_closes_and_g_and_a_second_key_go_to_a_page(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.locator(".thread h2").click()
    bobs.keyboard.press("?")
    expect(bobs.get_by_role("dialog", name="Keyboard")).to_be_visible()
    bobs.keyboard.press("Escape")
    expect(bobs.get_by_role("dialog", name="Keyboard")).to_be_hidden()
    bobs.keyboard.press("g")
    bobs.keyboard.press("o")
    expect(bobs).to_have_url(served.at("overview/"))


def test_the_open_composer_is_accessible(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.get_by_text("Send later, type and line").click()
    bobs.get_by_text("Leave a note").click()
    assert not faults(bobs, within="#conversation", only=EVERY)
    too_wide = bobs.evaluate(TOO_WIDE)
    assert not too_wide, too_wide
