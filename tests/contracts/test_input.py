"""Every method checks its input first: a bad field is named, and nothing is sent (S4-07, S4-08, S4-18, S4-24)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from lines.gateways.base import FallbackWhen, InvalidRequest, LineGateway, Media, Service, Tapback
from tests.contracts.bench import Bench, message

PERSON = "+12025550101"
Act = Callable[[LineGateway], Any]


def react(gateway: LineGateway, **values: Any) -> None:
    gateway.react(**{"thread": "", "vendor_message_id": "A", "message_text": "Hi", "to": PERSON, "tapback": Tapback.LIKE, **values})


CASES: list[tuple[str, str, Act]] = [
    ("a number without its plus", "to", lambda g: g.send(message("12025550100"))),
    ("a national number", "to", lambda g: g.send(message("(202) 555-0100"))),
    ("a number that is too long", "to", lambda g: g.send(message("+1234567890123456"))),
    ("a number with a line break", "to", lambda g: g.send(message("+12025550100\n"))),
    ("no recipient", "to", lambda g: g.send(message(""))),
    ("half an email address", "to", lambda g: g.send(message("dana@"))),
    ("no text and no file", "text", lambda g: g.send(message(PERSON, ""))),
    ("only spaces", "text", lambda g: g.send(message(PERSON, "  \n"))),
    ("a text with a NUL", "text", lambda g: g.send(message(PERSON, "a\x00b"))),
    ("half of a surrogate pair", "text", lambda g: g.send(message(PERSON, "a\ud83d"))),
    ("an endless text", "text", lambda g: g.send(message(PERSON, "a" * 20_001))),
    ("a key that is no UUID", "key", lambda g: g.send(message(PERSON, key="1"))),
    ("a service nobody knows", "service", lambda g: g.send(message(PERSON, service="pigeon"))),
    ("SMS to an email address", "to", lambda g: g.send(message("dana@example.com", service=Service.SMS))),
    ("an unknown fallback condition", "fallback", lambda g: g.send(message(PERSON, fallback=frozenset({"never"})))),
    (
        "a fallback sender that is no number",
        "fallback_from",
        lambda g: g.send(message(PERSON, fallback=frozenset(FallbackWhen), fallback_from="line 2")),
    ),
    (
        "a file name with a path",
        "media[0].filename",
        lambda g: g.send(message(PERSON, media=[Media("../a.png", "image/png", path="/tmp/a.png")])),
    ),
    ("a tapback beyond the six", "tapback", lambda g: react(g, tapback="heart")),
    ("a tapback for nobody", "to", lambda g: react(g, to="somebody")),
    ("a tapback on nothing", "vendor_message_id", lambda g: react(g, vendor_message_id=" ")),
    ("typing to nobody", "to", lambda g: g.typing(thread="", to="", on=True)),
    ("reading nobody", "to", lambda g: g.mark_read(thread="", to="+0")),
    ("history of nobody", "to", lambda g: g.history(thread="", to="")),
    ("history of nothing", "limit", lambda g: g.history(thread="", to=PERSON, limit=0)),
    ("history without end", "limit", lambda g: g.history(thread="", to=PERSON, limit=1_001)),
    ("a message without an id", "vendor_message_id", lambda g: g.fetch("")),
    ("one id missing among many", "vendor_message_ids", lambda g: list(g.statuses(["A", ""]))),
    ("availability of nobody", "address", lambda g: g.availability("nobody")),
    ("a search from a time without zone", "not_before", lambda g: g.find_by_key(message(PERSON), not_before=datetime(2026, 1, 1))),  # noqa: DTZ001
    ("a search for an invalid message", "to", lambda g: g.find_by_key(message("x"), not_before=datetime.now(UTC))),
    ("catching up from a time without zone", "since", lambda g: list(g.catch_up(datetime(2026, 1, 1)))),  # noqa: DTZ001
    ("a file without an id", "vendor_id", lambda g: list(g.fetch_attachment(""))),
    ("a webhook to nowhere", "url", lambda g: g.ensure_webhook("ftp://console.example/")),
    ("a handle we never gave", "handle", lambda g: g.remove_webhook("../message/1")),
]


@pytest.mark.parametrize(("field", "act"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_bad_field_is_named_and_nothing_is_asked(bench: Bench, field: str, act: Act) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        act(bench.gateway)
    assert refusal.value.field == field
    assert bench.ask("requests")["count"] == 0


@pytest.mark.parametrize("to", ["+12025550101", "+442079460958", "dana.whitfield@example.com"])
def test_numbers_and_email_addresses_are_recipients(bench: Bench, to: str) -> None:
    bench.gateway.send(message(to))
    assert [row["to"] for row in bench.arrived()] == [to]
