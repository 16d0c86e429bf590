"""Campaigns in a browser: a workflow built by key, launched and seen to be executed; the drip dialog; pages for everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from campaigns import editing, versions
from campaigns.models import Campaign, Enrolment
from campaigns.tree import Tree
from campaigns.vocabulary import NodeKind
from tests.accessibility import faults_of
from tests.browser.conftest import Served
from tests.browser_fixtures import let_in
from tests.campaigns import engine
from tests.campaigns.engine import go, step, text, wait
from tests.campaigns.making import make_campaign, message
from workspaces.models import User, Workspace

pytestmark = pytest.mark.browser


def steps_of(name: str) -> Tree:
    draft = versions.draft_of(Campaign.objects.get(name=name))
    assert draft
    return editing.read(draft)


SENT_TWICE = """() => {
  const form = document.querySelector("main form[method=post]"), refused = [];
  document.addEventListener("submit", (event) => { refused.push(event.defaultPrevented); event.preventDefault(); });
  form.requestSubmit(); form.requestSubmit();
  return refused;
}"""
"""Whether a form's first click, and its second one while the answer is on its way, are refused (static/js/once.js)."""


def test_a_workflow_is_built_by_key_launched_and_seen_to_be_executed(served: Served, bobs: Page, northwind: Workspace) -> None:
    ana = engine.lead(northwind, "Ana Ruiz")
    bobs.goto(served.at("campaigns/new/"))
    bobs.locator("#id_name").fill("Ops leaders")
    bobs.get_by_label("An empty workflow").check()
    bobs.get_by_role("button", name="Make the draft").click()

    # An iMessage, a wait behind it, and a branch before the end: no mouse.
    expect(bobs.locator("#editor")).to_be_visible()
    bobs.wait_for_load_state()  # the scripts listen
    bobs.keyboard.press("a")
    expect(bobs.locator("[data-adding] [data-first]")).to_be_focused()
    bobs.keyboard.press("1")
    expect(bobs.locator("a.step[aria-current]")).to_have_text("iMessage")
    bobs.keyboard.press("e")
    bobs.keyboard.press("Tab")
    expect(bobs.locator("#id_body_0")).to_be_focused()
    bobs.keyboard.type("Hi {{ lead.first_name | there }}, Bob here.")
    expect(bobs.locator("#preview .b")).to_contain_text("Bob here.")
    bobs.keyboard.press("Control+Enter")
    expect(bobs.locator("#edit-said")).to_have_text("Saved in the draft.")
    bobs.keyboard.press("a")
    expect(bobs.locator("[data-adding] [data-first]")).to_be_focused()
    bobs.keyboard.press("5")
    expect(bobs.locator("a.step[aria-current]")).to_have_text("Wait 2 days")
    bobs.keyboard.press("Alt+ArrowUp")
    expect(bobs.locator("a.step").first).to_have_text("Wait 2 days")
    bobs.keyboard.press("d")
    expect(bobs.locator("a.step")).to_have_count(3)
    bobs.keyboard.press("Delete")
    expect(bobs.locator("#edit-said")).to_contain_text("Undo brings it back")
    bobs.keyboard.press("u")
    expect(bobs.locator("a.step")).to_have_count(3)
    assert [one.kind for one in steps_of("Ops leaders")] == ["wait", "wait", "imessage"]
    for left in (2, 1):
        bobs.locator("a.step").first.focus()
        bobs.keyboard.press("Delete")
        expect(bobs.locator("a.step")).to_have_count(left)
        expect(bobs.locator("a.step[aria-current]")).to_be_focused()
    assert [one.name for one in steps_of("Ops leaders")] == ["iMessage"]

    # Typed and not saved: going on saves it.
    bobs.locator("#id_name").fill("Hello")
    expect(bobs.locator("[data-unsaved]")).to_be_visible()
    bobs.get_by_role("link", name="Launch…").click()
    expect(bobs.locator("h1")).to_have_text("Launch Ops leaders")
    assert [one.name for one in steps_of("Ops leaders")] == ["Hello"]

    bobs.get_by_role("link", name="Enrol leads").first.click()
    bobs.get_by_label("Name, company, phone or email").fill("Ana Ruiz")
    bobs.get_by_role("button", name="Show who would be enrolled").click()
    bobs.get_by_role("button", name="Enrol 1 lead").click()
    bobs.get_by_role("link", name="See the plan and launch").click()
    expect(bobs.locator("#plan-title")).to_be_visible()
    bobs.get_by_role("button", name="Start Ops leaders").click()
    expect(bobs.locator(".title-row .chip")).to_have_text("Running")
    go()
    assert engine.said(ana) == [("Hi Ana, Bob here.", "sent")]
    bobs.reload()
    row = bobs.locator("tr", has_text="Ana Ruiz")
    expect(row).to_contain_text("Step 1 · Hello")
    expect(row).to_contain_text("Sent")
    expect(row.locator(".chip")).to_have_text("Finished")
    expect(bobs.locator(".funnel")).to_contain_text("Sent")
    expect(bobs.locator(".flow .figures-of").first).to_contain_text("1 sent")
    assert bobs.evaluate(SENT_TWICE) == [False, True]


def test_the_droplet_shows_a_drip_with_its_dates_and_applies_it(
    served: Served, bobs: Page, northwind: Workspace, bob: User
) -> None:
    steps = [message(f"Day {days}", "Hi {{ lead.first_name | there }}.", days=days) for days in (1, 3)]
    make_campaign(northwind, by=bob, name="Nudge", kind="drip", steps=steps)
    bobs.goto(served.thread(served.priya))
    bobs.get_by_role("link", name="Apply a drip").click()
    expect(bobs.locator("#drip-campaign")).to_be_visible()
    expect(bobs.locator("#drip .htmx-added, #drip .htmx-settling")).to_have_count(0)
    bobs.locator("#drip-campaign").select_option(label="Nudge")
    expect(bobs.locator(".drip-plan .b")).to_have_count(2)
    bobs.get_by_role("button", name="Apply Campaign").click()
    expect(bobs.locator("#drip")).to_be_hidden()
    expect(bobs.locator("#messages .turn.waits")).to_have_count(2)
    expect(bobs.locator("#ctx")).to_contain_text("0 of 2 messages sent")
    bobs.get_by_role("button", name="Remove remaining").click()
    expect(bobs.locator("#messages .turn.waits")).to_have_count(0)


@pytest.fixture
def draft(northwind: Workspace) -> Campaign:
    tree = [
        text("Hi {{ lead.title }}"),
        wait(days=2),
        step(NodeKind.BRANCH, test="imessage", yes=[text("Blue")], no=[step(NodeKind.SMS, texts=[{"body": ""}])]),
    ]
    draft = engine.drafted(northwind, tree)
    Campaign.objects.filter(pk=draft.pk).update(name="Draft")
    engine.enrol(draft, engine.lead(northwind, "Ana Ruiz"))
    return draft


@pytest.fixture
def addresses(served: Served, northwind: Workspace, draft: Campaign) -> list[str]:
    runs = engine.running(northwind, [text("Hi"), wait(days=2), text("Again")])
    engine.enrol(runs, engine.lead(northwind, "Leo Brandt", title="CFO"))
    go()
    assert served.priya.lead
    Enrolment.objects.create(workspace=northwind, campaign=runs, lead=served.priya.lead, source="list", state="paused")
    runs_, draft_ = f"campaigns/{runs.public_id}/", f"campaigns/{draft.public_id}/"
    of_runs = [runs_, *(f"{runs_}{name}/" for name in ("stop", "figures", "figures/sent", "test", "settings"))]
    of_draft = [f"{draft_}{name}" for name in ("launch/", "enrol/", "publish/", "edit/", "edit/?add=end")]
    paths = ["campaigns/", "campaigns/new/", *of_runs, *of_draft, f"imessages/{served.priya.public_id}/drip/"]
    return [served.at(path) for path in paths]


@pytest.fixture
def forms(served: Served, draft: Campaign) -> list[str]:
    """One for each kind of step."""
    return [served.at(f"campaigns/{draft.public_id}/edit/?step={one.key}") for one in steps_of("Draft")]


def test_no_page_of_campaigns_has_a_serious_fault_a_complaint_or_a_sideways_scroll(
    served: Served, page: Page, alice: User, addresses: list[str]
) -> None:
    let_in(page, served.url, alice)
    found = faults_of(page, addresses)
    assert not found, "\n".join(found)


def test_no_form_of_a_step_has_a_serious_fault_a_complaint_or_a_sideways_scroll(
    served: Served, page: Page, alice: User, forms: list[str]
) -> None:
    """What is around the form is the page of the first one."""
    let_in(page, served.url, alice)
    found = faults_of(page, forms, within="#step-panel")
    assert not found, "\n".join(found)
