"""The recommended workflows over the list, at most one click a step (S0-126, S0-128), and the list while one works."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from conversations import summary
from conversations.models import Conversation, Task
from tests.browser.conftest import Served
from tests.core import heard
from tests.factories_conversations import known, they_said, they_said_all, we_said
from workspaces.models import User

pytestmark = pytest.mark.browser


def intent(row: Conversation, status: str, reason: str, score: int) -> None:
    Conversation.objects.filter(pk=row.pk).update(intent_status=status, intent_reason=reason, intent_score=score)


@pytest.fixture
def morning(served: Served) -> Served:
    """Three replies and a message that was read."""
    intent(served.priya, "positive", "meeting", 92)
    intent(served.marcus, "positive", "info", 80)
    jin = known(served.line, "Jin Park", company="Aperture Grid", address="+16285550119")
    they_said(jin, "no thanks", ago=5)
    intent(jin, "negative", "no_need", 12)
    read = we_said(known(served.line, "Elif Kaya", company="Brightloom", address="+16285550120"), "Worth a look?", ago=90)
    read.delivered_at = read.read_at = read.sent_at
    read.save(update_fields=["delivered_at", "read_at"])
    summary.refresh([read.conversation_id])
    return served


def names(page: Page) -> list[str]:
    return [name.split("\n")[0] for name in page.locator("#rows .conv .name").all_inner_texts()]


def test_daily_replies(morning: Served, bobs: Page) -> None:
    bobs.goto(morning.at())
    bobs.locator(".presets").get_by_text("Positive first").click()  # incoming, positive first, meeting and info first: one click
    expect(bobs.locator("#rows .conv").first).to_contain_text("Priya Raman")
    assert [name.split(" ")[0] for name in names(bobs)] == ["Priya", "Marcus", "Jin"]
    assert "direction=in" in bobs.url
    bobs.locator("#rows .conv").first.click()
    expect(bobs.locator("#log")).to_contain_text("Tuesday at 2 works.")
    expect(bobs.locator(".ctx")).to_contain_text("Ledgerline")
    expect(bobs.locator(".ctx")).to_contain_text("Finance leader")
    bobs.locator("#composer-body").fill("Tuesday at 2 it is.")
    bobs.get_by_role("button", name="Send", exact=False).first.click()
    expect(bobs.locator("#log")).to_contain_text("Tuesday at 2 it is.")
    expect(bobs.locator("#rows")).not_to_contain_text("Priya Raman")  # the last word is ours now
    bobs.locator("a[data-next]").click()
    expect(bobs.locator("#log")).to_contain_text("how much is it for ~40 seats")
    assert "direction=in" in bobs.url


def test_handing_over_by_keys_reaches_the_colleague(morning: Served, bobs: Page, alice: User) -> None:
    bobs.goto(morning.thread(morning.marcus))
    bobs.keyboard.press("a")
    dialog = bobs.get_by_role("dialog", name="Hand over Marcus Oyelaran")
    expect(dialog.get_by_label("To", exact=True)).to_be_focused()
    bobs.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    bobs.keyboard.press("a")
    dialog.get_by_label("To", exact=True).select_option(label=alice.name)
    dialog.get_by_label("Note to the colleague").fill("Knows their CFO")
    dialog.get_by_role("button", name="Hand over").click()
    expect(dialog).to_be_hidden()
    expect(bobs.locator("#log")).to_contain_text("Knows their CFO")
    morning.marcus.refresh_from_db()
    assert morning.marcus.assignee == alice
    assert Task.objects.get(assignee=alice).conversation_id == morning.marcus.pk


def test_read_but_no_reply(morning: Served, bobs: Page) -> None:
    bobs.goto(morning.at())
    bobs.get_by_role("link", name="Read, no reply 1").click()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    bobs.locator("#rows .conv").click()
    expect(bobs.locator(".turn.out .st > summary").last).to_contain_text("Read")
    expect(bobs.locator(".ctx")).to_contain_text("Brightloom")
    expect(bobs.locator("#composer-body")).to_be_visible()


def test_filters_change_the_rows_alone_back_brings_them_back_and_a_company_is_found_by_typing(morning: Served, bobs: Page) -> None:
    bobs.goto(morning.thread(morning.priya))
    bobs.locator("#composer-body").fill("Half a thought")
    bobs.get_by_role("link", name="Status", exact=True).click()
    menu = bobs.locator("#filter-menu")
    expect(menu).to_be_visible()
    menu.get_by_role("link", name=re.compile("^Read")).click()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    expect(bobs.locator("#composer-body")).to_have_value("Half a thought")
    expect(bobs.locator(".filter.set")).to_have_text("Status: Read")
    expect(bobs).to_have_url(re.compile(r"\?status=read$"))
    bobs.get_by_role("link", name="Saved views").click()
    expect(menu.locator("input[name=query]")).to_have_value("status=read")
    bobs.reload()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    bobs.get_by_label("Clear Status").click()
    expect(bobs.locator("#rows .conv")).to_have_count(4)
    bobs.go_back()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    bobs.wait_for_load_state()  # going back asks for the page anew: its scripts run

    bobs.get_by_label("Clear Status").click()
    expect(bobs.locator("#rows .conv")).to_have_count(4)
    bobs.get_by_role("link", name="Company", exact=True).click()
    expect(bobs.locator("#find-company")).to_be_focused()  # the menu is open and hears what is typed
    bobs.locator("#find-company").press_sequentially("fathom")
    expect(menu.locator(".value")).to_have_count(1)
    menu.locator(".value").click()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    expect(bobs.locator("#rows")).to_contain_text("Marcus Oyelaran")


def test_new_rows_collect_above_while_a_conversation_is_open(morning: Served, bobs: Page) -> None:
    people = [known(morning.line, f"Person {n:02}", company=f"Firm {n}", address=f"+1628555{200 + n:04}") for n in range(30)]
    they_said_all((person, "Hi", 200) for person in people)
    bobs.goto(morning.thread(morning.priya))
    top = "id => document.getElementById(id).getBoundingClientRect().top"
    first = bobs.locator("#rows .conv").first
    expect(first).to_be_visible()
    row = first.get_attribute("id")
    before = bobs.evaluate(top, row)
    for number in range(3):
        morning.told(heard("Newer than all", sender=f"+1415555020{number}"))
    expect(bobs.get_by_role("button", name="3 new")).to_be_visible(timeout=5_000)
    assert abs(bobs.evaluate(top, row) - before) < 2  # in one step: a handle may be swapped away under our hands
    bobs.get_by_role("button", name="3 new").click()
    expect(bobs.locator("#rows .conv").first).to_be_in_viewport()
    expect(bobs.get_by_role("button", name="3 new")).to_be_hidden()


def test_a_search_leads_to_the_message(morning: Served, bobs: Page) -> None:
    they_said_all((morning.priya, f"Later words {number}", 39 - number // 2) for number in range(60))
    bobs.goto(morning.at())
    bobs.get_by_role("link", name="Negative review 1").click()
    expect(bobs.locator("#rows .conv")).to_have_count(1)
    bobs.keyboard.press("/")
    bobs.keyboard.type("works")
    bobs.keyboard.press("Enter")
    expect(bobs.locator("#rows")).to_contain_text("Nothing found for “works” within these filters")
    expect(bobs).to_have_url(re.compile(r"\?intent=negative&q=works$"))
    bobs.get_by_role("link", name="Search everywhere").first.click()
    expect(bobs.locator("#rows mark")).to_have_text("works")
    bobs.locator("#rows .conv").click()
    expect(bobs.locator(".turn.sought")).to_be_in_viewport()
    expect(bobs.locator(".turn.sought")).to_contain_text("Tuesday at 2 works.")


def test_what_a_search_finds_is_chosen_row_by_row_and_the_bar_stays_in_sight(morning: Served, bobs: Page) -> None:
    people = [known(morning.line, f"Person {number:02}", address=f"+1628555{200 + number:04}") for number in range(20)]
    they_said_all((person, "Anybody there?", 200) for person in people)
    bobs.goto(morning.at())
    bobs.keyboard.press("/")
    bobs.keyboard.type("anybody")
    bobs.keyboard.press("Enter")
    expect(bobs.locator("#rows .pick")).to_have_count(20)
    bobs.locator("#rows .pick").last.click()
    expect(bobs.locator("#selection")).to_be_in_viewport(ratio=1)
    expect(bobs.get_by_label("All that match")).to_be_hidden()  # a search has no such list
    bobs.get_by_role("button", name="Archive", exact=True).click()
    expect(bobs.locator(".toast")).to_contain_text("1 conversation archived.")


def test_it_works_without_scripts(morning: Served, bobs_without_scripts: Page) -> None:
    plain = bobs_without_scripts
    plain.goto(morning.at())
    plain.get_by_role("link", name="Status", exact=True).click()
    plain.locator("#status").get_by_role("link", name=re.compile("^Read")).click()
    expect(plain.locator("#rows .conv")).to_have_count(1)
    plain.get_by_label("Clear Status").click()
    expect(plain.locator("#rows .conv")).to_have_count(4)
    plain.locator("#search").fill("works")
    plain.locator("#search").press("Enter")
    expect(plain.locator("#rows mark")).to_have_text("works")
