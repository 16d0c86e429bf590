"""Keys, phones and assistive technology: every page can be reached, read and used by all of them."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conversations.vocabulary import FailReason, FallbackCause, State
from tests.accessibility import faults_of
from tests.browser.conftest import Served
from tests.browser_fixtures import let_in
from tests.factories_conversations import AttemptFactory, ReactionFactory, they_said, we_said
from workspaces.models import User

pytestmark = pytest.mark.browser

PAGES = (
    "imessages/", "imessages/?q=Tuesday", "imessages/?q=nobody", "imessages/?status=draft", "imessages/{priya}/",
    "imessages/{priya}/details/", "lines/", "lines/{line}/", "lines/{line}/edit/", "lines/add/",
    "leads/", "leads/{lead}/", "companies/", "companies/{company}/",
)  # fmt: skip


def test_j_and_k_move_enter_opens_r_answers_and_escape_returns(served: Served, bobs: Page) -> None:
    bobs.goto(served.at())
    rows = bobs.locator(".conv")
    bobs.keyboard.press("j")
    expect(rows.nth(0)).to_be_focused()
    bobs.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    bobs.keyboard.press("k")
    expect(rows.nth(0)).to_be_focused()
    bobs.keyboard.press("Enter")
    expect(bobs.locator(".thread h2")).to_contain_text("Priya Raman")
    bobs.keyboard.press("r")
    expect(bobs.locator("#composer-body")).to_be_focused()
    bobs.keyboard.type("jkr")
    expect(bobs.locator("#composer-body")).to_have_value("jkr")
    bobs.keyboard.press("Escape")
    expect(bobs.locator(".conv[aria-current]")).to_be_focused()


def test_keys_lead_from_a_search_to_what_it_found_and_do_to_all_that_is_ticked(served: Served, bobs: Page) -> None:
    bobs.goto(served.at())
    bobs.keyboard.press("/")
    bobs.keyboard.type("works")
    bobs.keyboard.press("Enter")
    found = bobs.locator("#rows .conv")
    expect(found).to_have_count(1)
    expect(found).to_be_focused()
    bobs.keyboard.press("Enter")
    expect(bobs.locator(".thread h2")).to_contain_text("Priya Raman")
    bobs.keyboard.press("a")
    expect(bobs.get_by_role("dialog", name="Hand over Priya Raman")).to_be_visible()
    found.evaluate("row => row.replaceWith(row.cloneNode(true))")  # the list is drawn anew meanwhile
    bobs.keyboard.press("Escape")
    expect(found).to_be_focused()
    bobs.keyboard.press("/")
    bobs.keyboard.press("Escape")
    expect(found).to_be_focused()
    expect(bobs.locator("#search")).to_have_value("works")
    bobs.locator("#search").fill("")  # as its cross does
    expect(found).to_have_count(2)
    expect(bobs).not_to_have_url(re.compile("q="))
    bobs.locator("#rows .conv", has_text="Marcus Oyelaran").focus()
    bobs.keyboard.press("x")
    bobs.keyboard.press("e")
    expect(bobs.locator(".toast")).to_contain_text("1 conversation archived.")
    expect(found).to_contain_text("Priya Raman")  # which was open


def test_the_first_tab_leads_past_the_navigation_and_every_control_of_a_thread_is_reached(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.keyboard.press("Tab")
    expect(bobs.get_by_role("link", name="Skip to main content")).to_be_focused()
    bobs.keyboard.press("Enter")
    expect(bobs.locator("#main")).to_be_focused()
    bobs.locator("#composer-body").fill("Tuesday it is.")
    bobs.locator("#thread-head h2").focus()  # where one is led to; the navigation and the list have tests of their own
    wanted = {"Mark handled", "Opt out", "Send"}
    for _ in range(60):
        bobs.keyboard.press("Tab")
        wanted -= {name for name in wanted if name in bobs.evaluate("document.activeElement.innerText || ''")}
        if not wanted:
            return
    pytest.fail(f"not reached: {wanted}")


def test_a_phone_shows_one_pane_a_tablet_held_upright_two_and_between_them_and_desktop_the_details_are_a_drawer(
    served: Served, bobs: Page
) -> None:
    bobs.set_viewport_size({"width": 390, "height": 844})
    bobs.goto(served.at())
    expect(bobs.locator(".thread")).to_be_hidden()
    bobs.locator(".conv", has_text="Priya Raman").click()
    expect(bobs.locator("#log")).to_be_visible()
    expect(bobs.locator("#list")).to_be_hidden()
    bobs.get_by_role("link", name="Details").click()
    expect(bobs.locator("#ctx")).to_be_visible()
    expect(bobs.locator("#log")).to_be_hidden()
    bobs.get_by_role("link", name="Back to the thread").click()
    expect(bobs.locator("#log")).to_be_visible()
    bobs.get_by_role("link", name="Back to the list").click()
    expect(bobs.locator("#list")).to_be_visible()
    expect(bobs.locator("#log")).to_be_hidden()

    bobs.set_viewport_size({"width": 820, "height": 1180})
    bobs.locator(".conv", has_text="Priya Raman").click()
    expect(bobs.locator("#list")).to_be_hidden()
    name = bobs.locator("#thread-head .called")
    assert name.evaluate("one => one.clientWidth >= one.scrollWidth && one.clientWidth > 0"), "it is not cut off"
    expect(bobs.locator("#thread-head").get_by_title("ICP match: Fintech 50–500")).to_be_visible()
    bobs.get_by_role("link", name="Back to the list").click()
    expect(bobs.locator("#list")).to_be_visible()

    bobs.set_viewport_size({"width": 1000, "height": 800})
    bobs.goto(served.thread(served.priya))
    expect(bobs.locator("#ctx")).to_be_hidden()
    bobs.get_by_role("link", name="Details").click()
    expect(bobs.locator("#ctx")).to_be_visible()
    expect(bobs.locator("#log")).to_be_visible()
    bobs.keyboard.press("Escape")
    expect(bobs.locator("#ctx")).to_be_hidden()


@pytest.fixture
def addresses(served: Served, alice: User) -> list[str]:
    """Every page, with one of everything that a thread can show."""
    lost = we_said(served.priya, "Lost", ago=30, state=State.FAILED, reason=FailReason.UNREACHABLE)
    AttemptFactory.create(message=lost)
    as_sms = we_said(served.priya, "As SMS", ago=20, channel="sms", fallback_cause=FallbackCause.NOT_REGISTERED)
    ReactionFactory.create(message=as_sms)
    we_said(served.priya, "Later", state=State.QUEUED, hold="new_limit")
    they_said(served.priya, "See https://example.com", ago=10)
    lead, company = served.priya.lead, served.priya.company
    assert lead
    assert company
    ids = {
        "priya": served.priya.public_id,
        "line": served.line.public_id,
        "lead": lead.public_id,
        "company": company.public_id,
    }
    return [served.at(page.format(**ids)) for page in PAGES]


def test_no_page_has_a_serious_fault_a_complaint_or_a_sideways_scroll(
    served: Served, page: Page, alice: User, addresses: list[str]
) -> None:
    let_in(page, served.url, alice)
    found = faults_of(page, addresses)
    assert not found, "\n".join(found)


def test_back_and_forward_lead_through_what_was_open_and_ctrl_opens_a_tab_of_its_own(served: Served, bobs: Page) -> None:
    bobs.goto(served.at())
    with bobs.context.expect_page() as opened:
        bobs.locator(".conv", has_text="Priya Raman").click(modifiers=["Control"])
    expect(opened.value.locator("#log")).to_contain_text("Tuesday at 2 works.")
    expect(bobs.locator("#log")).to_have_count(0)
    opened.value.close()
    bobs.locator(".conv", has_text="Priya Raman").click()
    expect(bobs.locator(".thread h2")).to_contain_text("Priya Raman")
    bobs.locator(".conv", has_text="Marcus Oyelaran").click()
    expect(bobs.locator(".thread h2")).to_contain_text("Marcus Oyelaran")
    expect(bobs).to_have_title("Marcus Oyelaran · Northwind")
    bobs.go_back()
    expect(bobs.locator(".thread h2")).to_contain_text("Priya Raman")
    expect(bobs.locator(".conv[aria-current]")).to_contain_text("Priya Raman")
    bobs.wait_for_load_state()  # going back asks for the page anew: the next step is heeded when its scripts run
    bobs.go_back()
    expect(bobs.locator(".thread")).to_contain_text("Choose a conversation")
    bobs.wait_for_load_state()
    bobs.go_forward()
    expect(bobs.locator(".thread h2")).to_contain_text("Priya Raman")
    stored = bobs.evaluate("JSON.stringify({...localStorage})")
    assert "Priya" not in stored  # what contacts write stays out of the browser's storage
