"""Ops' afternoon: a failed message to its cause, to its fix, to delivered, and to the Console and back (S0-130)."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from conversations import live
from conversations.models import Attempt, Message
from conversations.sending import outbox, record
from leads import quiet
from lines.gateways.base import MessageStatus, SendResult, Service, State
from tests.accessibility import faults_of
from tests.browser.conftest import Served
from tests.factories_console import failed_step, make_campaign

pytestmark = pytest.mark.browser


@pytest.fixture
def failure(served: Served) -> Message:
    return failed_step(make_campaign(served.line.workspace), served.line, "Jin Park", address="+16285550119")


def worker_sends(served: Served) -> None:
    """As the worker and the phone network do it: claimed, accepted, delivered."""
    (claim,) = outbox.claim(1, room=5)[0]
    assert Attempt.objects.get(pk=claim.attempt_id).message.address == "+16285550177"
    record.accepted(claim.attempt_id, SendResult("out-1", State.SENT, Service.IMESSAGE, created_at=timezone.now()))
    served.told(MessageStatus(dedupe_key="s:1", occurred_at=timezone.now(), vendor_message_id="out-1", state=State.DELIVERED))


def test_from_a_failure_to_its_cause_to_its_fix_to_delivered(
    served: Served, bobs: Page, failure: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "windows_of", lambda workspace: [])  # whatever the hour where the contact is
    bobs.goto(served.at())
    bobs.get_by_role("link", name="Not delivered 1").click()  # the preset of the list
    expect(bobs.locator("#rows .conv")).to_have_count(1)  # a row that is about to be replaced hears no click
    bobs.locator("#rows .conv", has_text="Jin Park").click()
    thread = bobs.locator("#conversation")
    thread.get_by_text("Why? Seven checks").click()
    checks = thread.locator(".checks")
    expect(checks).to_contain_text("Line 2 · SF is active")
    for words in ("Is the phone number valid?", "Is there room in the line's daily limit?", "Nobody is.", "(30003)"):
        expect(checks).to_contain_text(words)
    thread.get_by_role("link", name="See it in the Console").click()
    expect(bobs.get_by_role("heading", name="Intro iMessage")).to_be_visible()
    expect(bobs.locator("main")).to_contain_text("Unreachable destination handset")
    bobs.get_by_role("link", name="Why and fix").click()
    for part in ("Phone data", "Daily limit", "Q4 Fintech founders", "Whole history"):
        expect(bobs.locator("main")).to_contain_text(part)
    bobs.get_by_label("Number", exact=True).fill("+1 628 555 0177")
    bobs.get_by_role("button", name="Correct and retry").click()
    expect(bobs.locator(".title-row")).to_contain_text("Sent again")
    worker_sends(served)
    bobs.get_by_role("link", name="See it in the thread").click()
    expect(bobs.locator(".turn.out").last).to_contain_text("Delivered")
    bobs.get_by_role("link", name=re.compile("^Console")).click()
    expect(bobs.locator("#executions")).to_be_visible()
    expect(bobs.locator("table.executions")).to_contain_text("Sent again")
    expect(bobs.locator("#causes ~ *").first).to_be_visible()
    expect(bobs.locator(".side .badge", has_text="not delivered")).to_have_count(0)


def test_the_console_learns_of_a_failure_by_itself(served: Served, bobs: Page) -> None:
    bobs.goto(served.at("console/"))
    expect(bobs.locator("#console")).to_contain_text("Nothing to deal with")
    bobs.locator("#q").fill("half a na")
    failure = failed_step(make_campaign(served.line.workspace), served.line, "Jin Park", address="+16285550119")
    live.bump(failure.workspace_id, [failure.conversation_id])
    expect(bobs.locator("table.executions")).to_contain_text("Jin Park")
    expect(bobs.locator("#q")).to_have_value("half a na")


def test_nothing_serious_for_axe(served: Served, bobs: Page, failure: Message) -> None:
    assert failure.execution
    pages = (
        "console/",
        f"console/executions/{failure.execution.public_id}/",
        "console/not-delivered/",
        f"console/not-delivered/{failure.public_id}/",
        "reports/?by=line",
    )
    found = faults_of(bobs, map(served.at, pages))
    assert not found, "\n".join(found)
