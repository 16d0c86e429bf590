"""Quick Send while somebody types: one request a pause, and no answer for an older text (S3-06, S3-07, S1-62)."""

from __future__ import annotations

import contextlib

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, Request, Route, expect

from leads import optouts
from leads.consent_ledger import Proof
from leads.models import Address, OptOut
from tests.browser.conftest import Served

pytestmark = pytest.mark.browser

REACH = "**/quick-send/reach/**"


def knows(served: Served, value: str, availability: str) -> None:
    Address.objects.of(served.line.workspace).filter(value=value).update(availability=availability, checked_at=timezone.now())


def test_one_request_a_pause_and_no_late_answer_over_a_newer_text(served: Served, bobs: Page) -> None:
    knows(served, "+16285550117", "available")
    optouts.opt_out(served.line.workspace, "+16285550118", Proof(source=OptOut.Source.KEYWORD))
    asked: list[str] = []
    held: list[Route] = []

    def keep_the_first_waiting(route: Route, request: Request) -> None:
        if held:
            route.continue_()
        else:
            held.append(route)

    def note(request: Request) -> None:
        if "/reach/" in request.url:
            asked.append(request.url)

    bobs.on("request", note)
    bobs.route(REACH, keep_the_first_waiting)
    bobs.goto(served.at("quick-send/"))
    with bobs.expect_request(REACH):
        bobs.locator("#quick-to").press_sequentially("+16285550117", delay=25)
    assert len(asked) == 1, "one request for twelve keys"
    reach, send = bobs.locator("#reach"), bobs.locator("#quick-go")
    bobs.fill("#quick-to", "+16285550118")
    with contextlib.suppress(Error):  # the page may have given it up
        held[0].continue_()
    expect(reach).not_to_contain_text("iMessage available")
    expect(reach).to_contain_text("This contact opted out")
    expect(send).to_be_disabled()
    assert len(asked) == 2
    bobs.fill("#quick-to", "+1628555011")
    expect(reach).not_to_contain_text("opted out")
    bobs.fill("#quick-to", "+16285550117")
    expect(reach).to_contain_text("iMessage available")
    expect(send).to_be_enabled()
    bobs.remove_listener("request", note)


def test_unavailable_turns_send_off_for_type_imessage_and_says_what_helps(served: Served, bobs: Page) -> None:
    knows(served, "+16285550117", "unavailable")
    bobs.goto(served.at("quick-send/"))
    bobs.select_option("#quick-type", "imessage")
    bobs.fill("#quick-to", "+16285550117")
    expect(bobs.locator("#quick-why-not")).to_contain_text("Choose Automatic or SMS, or check again.")
    expect(bobs.locator("#quick-go")).to_be_disabled()
    bobs.select_option("#quick-type", "")
    expect(bobs.locator("#quick-why-not")).to_have_count(0)
    expect(bobs.locator("#quick-go")).to_be_enabled()
    bobs.fill("#quick-body", "Hello")
    bobs.click("#quick-go")
    expect(bobs).to_have_url(served.thread(served.priya))


def test_what_is_pasted_stays_whole_and_is_told_how_much_has_to_go(served: Served, bobs: Page) -> None:
    bobs.goto(served.at("quick-send/"))
    bobs.focus("#quick-body")
    bobs.keyboard.insert_text("x" * 5_100)
    expect(bobs.locator("#quick [data-count]")).to_have_text("Shorten it by 100 characters: 5,000 is the most that can be sent.")
    expect(bobs.locator("#quick-body")).to_have_value("x" * 5_100)
    bobs.goto(served.thread(served.priya))
    bobs.focus("#composer-body")
    bobs.keyboard.insert_text("x" * 5_001)
    expect(bobs.locator("[data-hint]")).to_have_text("Shorten it by 1 character: 5,000 is the most that can be sent.")
    expect(bobs.locator("#composer-body")).to_have_value("x" * 5_001)
