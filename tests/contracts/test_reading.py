"""History, single messages, availability and health (S4-20, S4-21)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lines.gateways.base import (
    MessageReceived,
    MessageStatus,
    PermanentError,
    Reaction,
    State,
    TransientError,
)
from tests.contracts.bench import Bench, eventually, message

PERSON = "+12025550101"
QUIET = "+12025550135"


def test_history_is_the_newest_twenty_oldest_first(bench: Bench) -> None:
    start = bench.ask("healthz")["now"]
    for n in range(25):
        bench.order("inbound", **{"from": QUIET, "text": f"Message {n}", "at": start + n})
    events = bench.gateway.history(thread="", to=QUIET)
    assert [event.text for event in events if isinstance(event, MessageReceived)] == [f"Message {n}" for n in range(5, 25)]
    three = bench.gateway.history(thread="", to=QUIET, limit=3)
    assert [event.text for event in three if isinstance(event, MessageReceived)] == [f"Message {n}" for n in range(22, 25)]


def test_history_since_a_time(bench: Bench) -> None:
    start = bench.ask("healthz")["now"]
    for n in range(4):
        bench.order("inbound", **{"from": QUIET, "text": f"Message {n}", "at": start + n * 1000})
    since = datetime.fromtimestamp((start + 2000) / 1000, UTC)
    events = bench.gateway.history(thread="", to=QUIET, since=since)
    assert [event.text for event in events if isinstance(event, MessageReceived)] == ["Message 2", "Message 3"]


def test_history_shows_both_sides(bench: Bench) -> None:
    sent = bench.gateway.send(message(QUIET, "Hello"))
    bench.order("inbound", **{"from": QUIET, "text": "Hi"})
    events = [e for e in bench.gateway.history(thread=sent.thread, to=QUIET) if isinstance(e, MessageReceived)]
    assert [(event.sender, event.recipient, event.text, event.from_us) for event in events] == [
        (bench.own_address, QUIET, "Hello", True),
        (QUIET, bench.own_address, "Hi", False),
    ]


def test_history_with_a_stranger_is_empty(bench: Bench) -> None:
    assert bench.gateway.history(thread="", to="+12025550188") == ()


def test_one_message_of_ours_comes_with_its_status(bench: Bench) -> None:
    sent = bench.gateway.send(message(QUIET, "Hello"))
    echo, status = bench.gateway.fetch(sent.vendor_id)
    assert isinstance(echo, MessageReceived)
    assert (echo.text, echo.from_us, echo.recipient) == ("Hello", True, QUIET)
    assert isinstance(status, MessageStatus)
    assert status.vendor_message_id == sent.vendor_id


def test_one_message_of_theirs(bench: Bench) -> None:
    guid = bench.order("inbound", **{"from": PERSON, "text": "Hi", "media": "photo"})["guid"]
    (event,) = bench.gateway.fetch(guid)
    assert isinstance(event, MessageReceived)
    assert (event.sender, event.text, event.thread != "", len(event.media)) == (PERSON, "Hi", True, 1)


def test_one_tapback(bench: Bench) -> None:
    sent = bench.gateway.send(message(QUIET))
    guid = bench.order("react", **{"from": QUIET, "type": "laugh"})["guid"]
    (event,) = bench.gateway.fetch(guid)
    assert isinstance(event, Reaction)
    assert (event.vendor_message_id, event.tapback, event.actor) == (sent.vendor_id, "laugh", QUIET)


def test_an_unknown_id_is_nothing_and_statuses_leave_it_out(bench: Bench) -> None:
    sent = bench.gateway.send(message(QUIET))
    assert bench.gateway.fetch("0" * 36) == ()
    assert [row.vendor_message_id for row in bench.gateway.statuses(["0" * 36, sent.vendor_id])] == [sent.vendor_id]


def test_statuses_of_very_many_messages(bench: Bench) -> None:
    ids = [bench.gateway.send(message(QUIET, f"{n}")).vendor_id for n in range(3)]
    asked = [f"{n:036d}" for n in range(1_200)] + ids
    assert {row.vendor_message_id for row in bench.gateway.statuses(asked)} == set(ids)
    assert bench.ask("requests", route="message/query")["count"] == 3


def test_a_question_that_cannot_be_asked_is_not_answered_with_nothing(bench: Bench) -> None:
    """An error must never read as "not there": a message would be sent twice for it."""
    outgoing = message(QUIET)
    bench.gateway.send(outgoing)
    for kind in ("status", "drop_before", "garbage", "truncate"):
        bench.order("faults", route="message/query", kind=kind, count=1)
        with pytest.raises(TransientError):
            bench.gateway.find_by_key(outgoing, not_before=datetime.now(UTC))
        bench.order("faults", route="message", kind=kind, count=1)
        with pytest.raises(TransientError):
            bench.gateway.fetch("0" * 36)


@pytest.mark.parametrize(
    ("address", "verdict", "confident"),
    [
        ("+12025550100", "available", True),
        ("+12025550120", "unavailable", False),
        ("+12025550160", "unavailable", False),
        ("dana@example.com", "available", True),
    ],
)
def test_a_yes_to_availability_is_certain_and_a_no_is_not(bench: Bench, address: str, verdict: str, confident: bool) -> None:
    found = bench.gateway.availability(address)
    assert (found.verdict, found.confident) == (verdict, confident)


def test_a_false_no_is_a_yes_when_asked_again(bench: Bench) -> None:
    assert [bench.gateway.availability("+12025550130").verdict for _ in range(2)] == ["unavailable", "available"]


def test_a_file_that_is_too_large_is_not_read_to_its_end(bench: Bench) -> None:
    guid = bench.order("inbound", **{"from": PERSON, "text": "", "media": "photo"})["guid"]
    (event,) = bench.gateway.fetch(guid)
    assert isinstance(event, MessageReceived)
    with pytest.raises(PermanentError):
        list(bench.gateway.fetch_attachment(event.media[0].vendor_id, max_bytes=100))
    with pytest.raises(PermanentError):
        list(bench.gateway.fetch_attachment("0" * 36))


def test_a_healthy_line_is_active_and_says_no_more(bench: Bench) -> None:
    health = bench.gateway.check()
    assert (health.ok, health.state, health.detail) == (True, "active", "")


def test_a_line_that_failed_and_recovered(bench: Bench) -> None:
    bench.order("faults", route="server/info", kind="drop_before", count=1)
    assert bench.gateway.check().state == "offline"
    assert bench.gateway.check().state == "active"


def test_read_marks_reach_the_person(bench: Bench) -> None:
    guid = bench.order("inbound", **{"from": PERSON, "text": "Hi"})["guid"]
    bench.gateway.mark_read(thread="", to=PERSON)
    assert bench.gateway.fetch(guid)
    page = eventually(lambda: bench.phone(PERSON), lambda html: "Read" in html)
    assert "Hi" in page


def test_state_of_a_silent_failure_is_found_by_asking(bench: Bench) -> None:
    """No webhook tells of it (fact sheet 2.7); a status query does, well within a minute."""
    bench.gateway.ensure_webhook(bench.receiver.url)
    sent = bench.gateway.send(message("+12025550121"))
    bench.order("clock", advance=60)
    told = [e for e in bench.receiver.events(bench.gateway) if isinstance(e, MessageStatus)]
    assert {event.state for event in told} == {State.SENT}
    (status,) = bench.gateway.statuses([sent.vendor_id])
    assert status.state is State.FAILED
