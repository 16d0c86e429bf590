"""Signing in, reading and replying in a browser, with scripts and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import Served
from tests.core import heard, outgoing
from tests.factories import PASSWORD
from tests.factories_conversations import known
from workspaces.models import User

pytestmark = pytest.mark.browser

GIVEN = """([target, kind, names, text]) => {
    const data = new DataTransfer();
    for (const name of names) data.items.add(new File([new Uint8Array(9)], name, { type: "image/png" }));
    if (text) data.setData("text/plain", text);
    const event = kind === "paste"
        ? new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent(kind, { dataTransfer: data, bubbles: true, cancelable: true });
    return document.querySelector(target).dispatchEvent(event);
}"""
"""What a clipboard or a mouse brings; whether the browser is left to do with it what it would."""


def test_signing_in_leads_to_the_conversations_and_a_thread_opens_beside_them(served: Served, page: Page, bob: User) -> None:
    page.goto(served.url)
    page.get_by_label("Email").fill(bob.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{served.at()}?direction=in")
    page.locator(".conv", has_text="Priya Raman").click()
    expect(page.get_by_role("region", name="Messages")).to_contain_text("Tuesday at 2 works.")
    expect(page).to_have_url(f"{served.thread(served.priya)}?direction=in")
    expect(page.locator(".conv[aria-current]")).to_contain_text("Priya Raman")
    expect(page.locator("#ctx")).to_contain_text("VP Finance")


def test_without_scripts_a_reply_is_written_sent_and_read_back(served: Served, bobs_without_scripts: Page) -> None:
    page = bobs_without_scripts
    page.goto(served.at())
    page.locator(".conv", has_text="Priya Raman").click()
    expect(page.locator("#log")).to_contain_text("Tuesday at 2 works.")
    page.get_by_role("button", name="Mark as read").click()
    expect(page.get_by_role("button", name="Mark as read")).to_have_count(0)
    page.get_by_label("Message to Priya Raman").fill("Tuesday 2pm it is.")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#log")).to_contain_text("Tuesday 2pm it is.")
    expect(page).to_have_url(served.thread(served.priya))
    page.reload()
    assert outgoing(served.priya)[-1] == "Tuesday 2pm it is."
    assert len(outgoing(served.priya)) == 2


def test_pictures_are_pasted_and_dropped_named_before_they_go_and_heavy_ones_advised_against(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    chosen = bobs.locator("#composer [data-chosen] .chip")
    assert not bobs.evaluate(GIVEN, ["#composer-body", "paste", ["shot.png"], ""])
    assert not bobs.evaluate(GIVEN, ["#log", "drop", ["plan.png"], ""])
    expect(chosen).to_contain_text(["shot.png", "plan.png"])
    assert bobs.evaluate(GIVEN, ["#composer-body", "paste", ["cells.png"], "9\t12"]), "of a table its text is pasted"
    expect(chosen).to_have_count(2)
    heavy: FilePayload = {"name": "big.png", "mimeType": "image/png", "buffer": b"x" * 1_700_000}
    bobs.locator("[name=attachments]").set_input_files([heavy])
    expect(bobs.locator("[data-chosen]")).to_contain_text("big.png (1.6 MB): carriers may block files over 1.5 MB")


def test_shift_enter_sends_and_enter_starts_a_line_or_the_other_way_round(served: Served, bobs: Page, bob: User) -> None:
    bobs.goto(served.thread(served.priya))
    box = bobs.locator("#composer-body")
    box.press_sequentially("Tuesday it is.")
    box.press("Enter")
    box.press_sequentially("At two?")
    expect(box).to_have_value("Tuesday it is.\nAt two?")
    expect(bobs.locator("#composer [data-count]")).to_have_text("22 characters")
    box.press("Shift+Enter")
    expect(bobs.locator(".turn.out").last).to_contain_text("Tuesday it is.")
    expect(box).to_have_value("")
    expect(box).to_be_focused()
    assert outgoing(served.priya)[-1] == "Tuesday it is.\nAt two?"

    bob.enter_sends = True
    bob.save()
    bobs.reload()
    expect(bobs.locator("#composer-send")).to_have_accessible_name("Send Enter")
    box.press_sequentially("One")
    box.press("Shift+Enter")
    box.press_sequentially("Two")
    box.press("Enter")
    expect(bobs.locator(".turn.out").last).to_contain_text("Two")
    assert outgoing(served.priya)[-1] == "One\nTwo"


def test_what_was_typed_survives_a_send_that_fails_and_goes_once_and_one_to_what_is_gone(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    lost: list[str] = []

    def take_and_drop(route: Route) -> None:
        """The server gets it; the answer never arrives."""
        route.fetch()
        lost.append(route.request.url)
        route.abort()

    bobs.route("**/reply/", take_and_drop)
    bobs.locator("#composer-body").fill("Tuesday it is.")
    bobs.get_by_role("button", name="Send").click()
    expect(bobs.locator("[data-failed]")).to_contain_text("Not sent")
    expect(bobs.locator("#composer-body")).to_have_value("Tuesday it is.")
    bobs.unroute("**/reply/")
    bobs.get_by_role("button", name="Send").click()
    expect(bobs.locator("#composer-body")).to_have_value("")
    assert lost
    assert outgoing(served.priya).count("Tuesday it is.") == 1

    bobs.locator("#composer-body").press_sequentially("Still there?")
    served.priya.delete()
    bobs.locator("#composer-send").click()
    expect(bobs.get_by_text("Not sent: this conversation is not there any more")).to_be_visible()
    expect(bobs.locator("#composer-body")).to_have_value("Still there?")


def test_a_half_written_reply_waits_in_its_own_thread(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    bobs.locator("#composer-body").press_sequentially("Half a thought")
    bobs.locator(".conv", has_text="Marcus Oyelaran").click()
    expect(bobs.locator(".thread h2")).to_contain_text("Marcus Oyelaran")
    expect(bobs.locator("#composer-body")).to_have_value("")
    bobs.locator(".conv", has_text="Priya Raman").click()
    expect(bobs.locator("#composer-body")).to_have_value("Half a thought")
    bobs.reload()
    expect(bobs.locator("#composer-body")).to_have_value("Half a thought")


def test_with_a_time_chosen_the_button_schedules(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    expect(bobs.get_by_role("button", name="Schedule")).to_have_count(0)
    bobs.locator(".options > summary").click()
    bobs.locator("#composer-send-at").fill(f"{timezone.now() + timedelta(days=30):%Y-%m-%dT10:30}")
    bobs.locator("#composer-body").fill("Happy new year")
    bobs.get_by_role("button", name="Schedule").click()
    expect(bobs.locator("#composer-body")).to_have_value("")
    assert served.priya.messages.get(body="Happy new year").scheduled_at
    expect(bobs.get_by_role("button", name="Schedule")).to_have_count(0)


def test_a_picture_as_the_first_message_is_advised_against_and_stays_chosen_when_it_is_refused(served: Served, bobs: Page) -> None:
    new = known(served.line, "Dana Whitfield", address="+16285550119")
    bobs.goto(served.thread(new))
    picture: FilePayload = {"name": "chart.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"}
    bobs.locator("[name=attachments]").set_input_files([picture])
    expect(bobs.locator("[data-hint]")).to_contain_text("begins with words")
    bobs.get_by_role("button", name="Send").click()
    expect(bobs.get_by_role("alert")).to_contain_text("write a few words")
    expect(bobs.locator("[data-chosen]")).to_contain_text("chart.png")
    bobs.locator("#composer-body").fill("Here is the chart.")
    expect(bobs.locator("[data-hint]")).to_be_hidden()
    bobs.get_by_role("button", name="Send").click()
    expect(bobs.locator("#log .turn.out")).to_have_count(2)
    assert new.messages.filter(attachments__filename="chart.png").count() == 1


def test_a_tapback_is_put_on_a_message_and_opting_out_asks_once_and_can_be_undone(served: Served, bobs: Page) -> None:
    bobs.goto(served.thread(served.priya))
    message = bobs.locator(".turn.in").last
    message.hover()
    message.get_by_label("React to this message").click()
    with bobs.expect_response("**/react/") as answered:
        message.get_by_role("button", name="love").click()
    assert answered.value.status == 204
    assert answered.value.request.post_data
    assert "tapback=love" in answered.value.request.post_data

    bobs.locator("#thread-head").get_by_role("button", name="Opt out").click()
    dialog = bobs.locator("#opt-out")
    expect(dialog).to_contain_text("what waits to be sent is cancelled")
    served.told(heard("And bring Ana", sender=served.priya.address))
    expect(bobs.locator("#log")).to_contain_text("And bring Ana")  # the button that opened the question was drawn anew
    dialog.get_by_role("button", name="Opt out").click()
    expect(bobs.locator(".toast")).to_contain_text("is opted out")
    expect(dialog).to_be_hidden()
    expect(bobs.locator("#thread-head h2")).to_be_focused()  # the button that was pressed is gone
    bobs.get_by_role("button", name="Opt in again").click()
    expect(bobs.locator("#thread-head").get_by_role("button", name="Opt out")).to_be_visible()
