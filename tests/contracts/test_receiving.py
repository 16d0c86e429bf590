"""Receiving: webhooks, doubled, shuffled, lost and late, and what catch-up finds (S4-15, S4-22)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import pytest

from lines.gateways.base import (
    Event,
    LineEvent,
    MessageReceived,
    MessageStatus,
    Reaction,
    State,
    Tapback,
    Typing,
    UnreadableWebhook,
    reply_to_event,
)
from tests.contracts.bench import Bench, eventually, message
from tests.contracts.receiver import webhook

PERSON = "+12025550101"
QUIET = "+12025550135"
E = TypeVar("E", bound=Event)


@pytest.fixture
def hooked(bench: Bench) -> Bench:
    bench.gateway.ensure_webhook(bench.receiver.url)
    return bench


def told(bench: Bench, kind: type[E]) -> list[E]:
    return [event for event in bench.receiver.events(bench.gateway) if isinstance(event, kind)]


def once(events: Sequence[E]) -> list[E]:
    """As the door stores them: the first of each key."""
    return list({event.dedupe_key: event for event in reversed(events)}.values())[::-1]


def from_them(events: Sequence[MessageReceived]) -> list[MessageReceived]:
    return [event for event in events if not event.from_us]


def test_an_incoming_message_is_told_with_both_sides(hooked: Bench) -> None:
    guid = hooked.order("inbound", **{"from": PERSON, "text": "Sure, send times"})["guid"]
    hooked.receiver.wait(lambda: bool(told(hooked, MessageReceived)))
    event = told(hooked, MessageReceived)[0]
    assert (event.sender, event.recipient, event.text) == (PERSON, hooked.own_address, "Sure, send times")
    assert (event.vendor_message_id, event.from_us, event.historical, event.group) == (guid, False, False, False)
    assert abs(event.occurred_at - datetime.now(UTC)) < timedelta(minutes=1)


def test_answering_an_event_swaps_its_sides(hooked: Bench) -> None:
    hooked.order("inbound", **{"from": PERSON, "text": "Who is this?"})
    hooked.receiver.wait(lambda: bool(told(hooked, MessageReceived)))
    sides = reply_to_event(told(hooked, MessageReceived)[0])
    assert sides == {"to": PERSON, "from": hooked.own_address}
    hooked.gateway.send(message(sides["to"], "Ana at Northwind"))
    assert [row["to"] for row in hooked.arrived()] == [PERSON]


def test_a_whole_conversation(hooked: Bench) -> None:
    """Send, typing, reply, react, read (S4-22)."""
    sent = hooked.gateway.send(message(PERSON, "Open to a call?"))
    hooked.receiver.wait(lambda: bool(from_them(told(hooked, MessageReceived))))
    answer = from_them(told(hooked, MessageReceived))[0]
    typed = [event.on for event in told(hooked, Typing)]
    assert typed[0] is True
    thread = answer.thread
    hooked.gateway.react(
        thread=thread,
        vendor_message_id=answer.vendor_message_id,
        message_text=answer.text,
        to=PERSON,
        tapback=Tapback.LOVE,
    )
    hooked.gateway.mark_read(thread=thread, to=PERSON)
    hooked.gateway.typing(thread=thread, to=PERSON, on=True)
    hooked.gateway.typing(thread=thread, to=PERSON, on=False)
    hooked.gateway.send(message(PERSON, "Tuesday it is", thread=thread))
    assert [row["text"] for row in hooked.arrived(PERSON)] == ["Open to a call?", "Tuesday it is"]
    last = eventually(
        lambda: [e for e in told(hooked, MessageStatus) if e.vendor_message_id == sent.vendor_id and e.state is State.READ]
    )[0]
    assert last.read_at is not None


def test_our_echo_carries_our_key_once_and_its_twin_does_not(bench: Bench) -> None:
    outgoing = message(QUIET, "First", thread=bench.gateway.send(message(QUIET, "Before")).thread)
    bench.gateway.ensure_webhook(bench.receiver.url)
    sent = bench.gateway.send(outgoing)

    def echoes() -> list[MessageReceived]:
        return [event for event in told(bench, MessageReceived) if event.vendor_message_id == sent.vendor_id]

    bench.receiver.wait(lambda: len(once(echoes())) == 2)
    assert {event.our_key for event in echoes()} == {outgoing.key, ""}
    assert all(event.from_us and event.recipient == QUIET and event.text == "First" for event in echoes())


def test_receipts_are_told_by_the_id_of_the_send(hooked: Bench) -> None:
    sent = hooked.gateway.send(message(PERSON))

    def states() -> set[State]:
        return {event.state for event in told(hooked, MessageStatus) if event.vendor_message_id == sent.vendor_id}

    hooked.receiver.wait(lambda: {State.SENT, State.DELIVERED, State.READ} <= states())


@pytest.mark.parametrize("mode", ["duplicate", "shuffle"])
def test_doubled_and_shuffled_webhooks_come_to_the_same(hooked: Bench, mode: str) -> None:
    hooked.order("webhooks", mode=mode, factor=4)
    sent = hooked.gateway.send(message(PERSON))

    def states() -> set[State]:
        return {event.state for event in told(hooked, MessageStatus) if event.vendor_message_id == sent.vendor_id}

    hooked.receiver.wait(lambda: State.READ in states() and bool(from_them(told(hooked, MessageReceived))))
    answers = Counter(event.vendor_message_id for event in once(from_them(told(hooked, MessageReceived))))
    assert set(answers.values()) == {1}


def test_catch_up_tells_all_that_lost_webhooks_did_not(hooked: Bench) -> None:
    since = datetime.now(UTC)
    hooked.order("webhooks", mode="lose", p=1)
    sent = hooked.gateway.send(message(PERSON))
    hooked.order("inbound", **{"from": QUIET, "text": "STOP"})
    eventually(
        lambda: [e for e in hooked.gateway.catch_up(since) if isinstance(e, MessageReceived) and not e.from_us],
        lambda events: {event.sender for event in events} == {PERSON, QUIET},
    )
    statuses = [e for e in hooked.gateway.catch_up(since) if isinstance(e, MessageStatus)]
    assert [(event.vendor_message_id, event.state) for event in statuses] == [(sent.vendor_id, State.READ)]
    assert hooked.receiver.posts == []


def test_catch_up_and_webhooks_name_the_same_facts(hooked: Bench) -> None:
    since = datetime.now(UTC)
    hooked.gateway.send(message("+12025550150"))

    def heard() -> set[str]:
        events = hooked.receiver.events(hooked.gateway)
        return {event.dedupe_key for event in events if event.stored and not getattr(event, "our_key", "")}

    hooked.receiver.wait(lambda: sum(key.startswith("r:") for key in heard()) == 2)
    missed = {event.dedupe_key for event in hooked.gateway.catch_up(since)} - heard()
    assert missed == set()


def test_catch_up_reads_past_one_page_and_in_order(bench: Bench) -> None:
    since = datetime.now(UTC)
    start = bench.ask("healthz")["now"]
    for n in range(620):
        bench.order("inbound", **{"from": QUIET, "text": f"Message {n}", "at": start + n})
    events = [event for event in bench.gateway.catch_up(since - timedelta(seconds=1)) if isinstance(event, MessageReceived)]
    assert [event.text for event in events] == [f"Message {n}" for n in range(620)]


def test_a_receipt_for_an_old_message_is_caught_up(bench: Bench) -> None:
    """The message is older than the window; its receipt is not."""
    sent = bench.gateway.send(message(QUIET))
    eventually(lambda: next(iter(bench.gateway.statuses([sent.vendor_id]))), lambda row: row.state is State.DELIVERED)
    bench.order("clock", advance=600)
    since = datetime.fromtimestamp(bench.ask("healthz")["now"] / 1000, UTC)
    bench.order("phone", address=QUIET, receipts=True)
    bench.order("read", **{"from": QUIET})
    found = [event for event in bench.gateway.catch_up(since) if isinstance(event, MessageStatus)]
    assert [(event.vendor_message_id, event.state) for event in found] == [(sent.vendor_id, State.READ)]


def test_a_message_recovered_late_is_marked_historical(bench: Bench) -> None:
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    bench.order("inbound", **{"from": QUIET, "text": "Old", "at": int(hour_ago.timestamp() * 1000)})
    bench.order("inbound", **{"from": QUIET, "text": "New"})
    events = [event for event in bench.gateway.catch_up(hour_ago - timedelta(minutes=1)) if isinstance(event, MessageReceived)]
    assert [(event.text, event.historical) for event in events] == [("Old", True), ("New", False)]


def test_tapbacks_never_look_like_messages(hooked: Bench) -> None:
    sent = hooked.gateway.send(message("+12025550150", "We cut their close from 9 days to 3"))
    hooked.receiver.wait(lambda: len(once(told(hooked, Reaction))) == 2)
    tapbacks = once(told(hooked, Reaction))
    assert [(event.tapback, event.removed) for event in tapbacks] == [("love", False), ("love", True)]
    assert {event.vendor_message_id for event in tapbacks} == {sent.vendor_id}
    assert {event.actor for event in tapbacks} == {"+12025550150"}
    assert from_them(told(hooked, MessageReceived)) == []


def test_an_emoji_tapback_keeps_its_emoji(hooked: Bench) -> None:
    hooked.gateway.send(message("+12025550151"))
    hooked.receiver.wait(lambda: bool(told(hooked, Reaction)))
    assert (told(hooked, Reaction)[0].tapback, told(hooked, Reaction)[0].removed) == ("🎉", False)


def test_a_photo_comes_with_its_caption_and_its_bytes(hooked: Bench) -> None:
    hooked.gateway.send(message("+12025550152"))
    hooked.receiver.wait(lambda: bool(from_them(told(hooked, MessageReceived))))
    event = from_them(told(hooked, MessageReceived))[0]
    assert event.text == "This is our current setup, does it fit?"
    assert [(medium.filename, medium.content_type) for medium in event.media] == [("IMG_2087.HEIC", "image/heic")]
    content = b"".join(hooked.gateway.fetch_attachment(event.media[0].vendor_id))
    assert content.startswith(b"\x89PNG"), "converted into what browsers show"


def test_an_edit_is_told_as_an_edit_of_the_same_message(hooked: Bench) -> None:
    hooked.gateway.send(message("+12025550153"))
    hooked.receiver.wait(lambda: len(once(from_them(told(hooked, MessageReceived)))) == 2)
    first, edited = sorted(once(from_them(told(hooked, MessageReceived))), key=lambda event: event.edited_at is not None)
    assert first.vendor_message_id == edited.vendor_message_id
    assert (first.text, edited.text) == ("Thursday at 3 works", "Thursday at 4 works, sorry")
    assert first.dedupe_key != edited.dedupe_key


def test_typing_is_shown_and_never_stored(hooked: Bench) -> None:
    hooked.order("typing", **{"from": PERSON, "on": True})
    hooked.order("typing", **{"from": PERSON, "on": False})
    hooked.receiver.wait(lambda: len(told(hooked, Typing)) == 2)
    assert sorted((event.actor, event.on, event.stored) for event in told(hooked, Typing)) == [
        (PERSON, False, False),
        (PERSON, True, False),
    ], "in whichever order the gateway's posts come"


def test_losing_imessage_flags_the_line(hooked: Bench) -> None:
    hooked.order("line", aliases_removed=[hooked.own_address])
    hooked.receiver.wait(lambda: bool(told(hooked, LineEvent)))
    event = told(hooked, LineEvent)[0]
    assert event.health is not None
    assert event.health.state == "flagged"
    assert hooked.own_address in event.health.detail


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"type": 3}', b'{"type":"new-message"}', b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_webhook_is_refused(bench: Bench, body: bytes) -> None:
    with pytest.raises(UnreadableWebhook):
        bench.gateway.parse_webhook(webhook(body))


def test_a_webhook_of_no_use_is_heard_in_silence(bench: Bench) -> None:
    assert bench.gateway.parse_webhook(webhook({"type": "server-update", "data": "1.9.10"})) == ()


def test_subscribing_twice_subscribes_once_and_removing_twice_is_quiet(bench: Bench) -> None:
    first, second = (bench.gateway.ensure_webhook(bench.receiver.url) for _ in range(2))
    assert first == second
    bench.order("inbound", **{"from": PERSON, "text": "Hi"})
    bench.receiver.wait(lambda: bool(told(bench, MessageReceived)))
    assert len(told(bench, MessageReceived)) == 1
    bench.gateway.remove_webhook(first)
    bench.gateway.remove_webhook(first)
    bench.receiver.clear()
    bench.order("inbound", **{"from": PERSON, "text": "Still there?"})
    bench.order("clock", advance=1)
    assert bench.receiver.posts == []
