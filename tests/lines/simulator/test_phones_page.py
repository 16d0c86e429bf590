"""The phones' page, with forms and links alone; then with its script in a browser."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from lines.gateways.base import MessageReceived, MessageStatus, Reaction, State
from lines.gateways.http import Answer, exchange
from tests.accessibility import faults_of
from tests.contracts.bench import LOOPBACK, Bench, eventually, message

PERSON = "+12025550107"
URL = f"/phones/line1/{quote(PERSON)}"


@pytest.fixture
def phones(bluebubbles: Bench) -> Bench:
    """With one message from the line on PERSON's phone, where nobody answers by itself."""
    bluebubbles.order("people", answer=False)
    bluebubbles.gateway.ensure_webhook(bluebubbles.receiver.url)
    bluebubbles.gateway.send(message(PERSON, "Closing two books by hand yet? <b>&"))
    eventually(lambda: "Closing two books" in get(bluebubbles, "/").body.decode())
    return bluebubbles


def get(bench: Bench, path: str) -> Answer:
    return exchange("GET", bench.control + path, timeout=10, allowed=LOOPBACK)


def post(bench: Bench, path: str, **form: str) -> Answer:
    return exchange("POST", bench.control + path, timeout=10, allowed=LOOPBACK, form=form)


def said(bench: Bench) -> list[str]:
    events = bench.receiver.events(bench.gateway)
    return [event.text for event in events if isinstance(event, MessageReceived) and not event.from_us]


def test_the_list_shows_who_was_written_to_and_what_waits(phones: Bench) -> None:
    page = get(phones, "/").body.decode()
    assert "+1 (202) 555-0107" in page
    assert "<b>New</b>" in page
    assert "Closing two books by hand yet? &lt;b&gt;&amp;" in page


def test_opening_a_thread_is_reading_it(phones: Bench) -> None:
    (guid,) = (row["guid"] for row in phones.arrived())
    assert get(phones, URL).status == 200
    assert next(iter(phones.gateway.statuses([guid]))).state is State.READ
    assert "<b>New</b>" not in get(phones, "/").body.decode()


def test_without_receipts_reading_stays_a_secret(phones: Bench) -> None:
    (guid,) = (row["guid"] for row in phones.arrived())
    post(phones, URL + "/settings", receipts="off")
    assert 'aria-pressed="false">Read receipts' in get(phones, URL).body.decode()
    assert next(iter(phones.gateway.statuses([guid]))).state is State.DELIVERED


def test_a_reply_reaches_the_line(phones: Bench) -> None:
    answer = post(phones, URL + "/reply", text="Tuesday at 2 works\r\nCan you bring Leo?")
    assert (answer.status, answer.headers["location"]) == (303, URL)
    phones.receiver.wait(lambda: said(phones) == ["Tuesday at 2 works\nCan you bring Leo?"])
    assert "Can you bring Leo?" in get(phones, URL).body.decode()


@pytest.mark.parametrize("word", ["STOP", "START"])
def test_stop_and_start_are_one_click(phones: Bench, word: str) -> None:
    assert f'name="text" value="{word}"' in get(phones, URL).body.decode()
    post(phones, URL + "/reply", text=word)
    phones.receiver.wait(lambda: said(phones) == [word])
    assert ("stays silent until START" in get(phones, URL).body.decode()) is (word == "STOP")


def test_a_photo_is_sent_and_shown(phones: Bench) -> None:
    post(phones, URL + "/reply", photo="1")
    page = get(phones, URL).body.decode()
    (path,) = re.findall(r'<img src="(/files/[^"]+)"', page)
    picture = get(phones, path)
    assert (picture.headers["content-type"], picture.body[:4]) == ("image/png", b"\x89PNG")


def test_a_tapback_reaches_the_line_and_shows_on_the_bubble(phones: Bench) -> None:
    (guid,) = (row["guid"] for row in phones.arrived())
    post(phones, URL + "/react", guid=guid, type="laugh")
    phones.receiver.wait(
        lambda: any(isinstance(e, Reaction) and e.tapback == "laugh" for e in phones.receiver.events(phones.gateway))
    )
    assert '<span class="signs">😂</span>' in get(phones, URL).body.decode()


def test_anybody_can_be_played(phones: Bench) -> None:
    answer = post(phones, "/phones", address="(415) 555-0138", line="line1")
    assert answer.headers["location"] == "/phones/line1/%2B14155550138"
    post(phones, "/phones/line1/%2B14155550138/reply", text="Is this still for sale?")
    phones.receiver.wait(lambda: said(phones) == ["Is this still for sale?"])


def test_a_number_that_is_none_is_explained(phones: Bench) -> None:
    answer = post(phones, "/phones", address="nobody", line="line1")
    assert answer.status == 400
    assert "Write the number with its country code" in answer.body.decode()


@pytest.mark.parametrize("path", ["/phones/line9/+12025550107", "/phones/line1/nobody", "/files/unknown", "/phones/line1"])
def test_what_is_not_there_is_404(phones: Bench, path: str) -> None:
    assert get(phones, path).status == 404


def test_the_page_needs_no_inline_script_or_style(phones: Bench) -> None:
    answer = get(phones, URL)
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
    page = answer.body.decode()
    assert " style=" not in page
    assert " onclick" not in page
    assert re.findall(r"<script[^>]*>[^<]", page) == []


def test_other_sites_cannot_play_with_the_phones(phones: Bench) -> None:
    foreign = urllib.request.Request(phones.control + URL + "/reply", b"text=Hi", {"Sec-Fetch-Site": "cross-site"})
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(foreign, timeout=10)
    refusal.value.close()
    assert refusal.value.code == 403
    assert said(phones) == []


@pytest.mark.browser
def test_it_lives_without_reloading(phones: Bench, page: Page) -> None:
    page.goto(phones.control + URL)
    thread = phones.arrived()[0]
    phones.gateway.send(message(PERSON, "Happy to show how", thread=f"iMessage;-;{PERSON}"))
    expect(page.locator("#log")).to_contain_text("Happy to show how")
    page.get_by_label("Message", exact=True).fill("See you then")
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("See you then")
    expect(page.get_by_label("Message", exact=True)).to_have_value("")
    phones.receiver.wait(lambda: said(phones) == ["See you then"])
    page.locator("details.react summary").first.click()
    page.get_by_role("button", name="Love").first.click()
    expect(page.locator(".signs")).to_have_text("❤️")
    page.get_by_role("button", name="Read receipts").click()
    expect(page.get_by_role("button", name="Read receipts")).to_have_attribute("aria-pressed", "false")
    states = [e.state for e in phones.receiver.events(phones.gateway) if isinstance(e, MessageStatus)]
    assert State.READ in states
    assert thread["to"] == PERSON


@pytest.mark.browser
def test_nothing_is_wrong_for_axe(phones: Bench, page: Page) -> None:
    assert not faults_of(page, (phones.control + path for path in ("/", URL)))
