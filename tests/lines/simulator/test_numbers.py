"""Every magic number, from the adapter's side: what a person sees who tries it by hand."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lines.gateways.base import (
    GatewayError,
    MessageReceived,
    MessageStatus,
    OutcomeUnknown,
    Reaction,
    Reason,
    Service,
    State,
    TransientError,
)
from lines.simulator.habits import GUIDE, describe, habits_of
from lines.simulator.script import ANYBODY, FIRST
from tests.contracts.bench import Bench, message


def number(tail: int) -> str:
    return f"+120255501{tail:02d}"


@pytest.fixture
def hooked(bluebubbles: Bench) -> Bench:
    bluebubbles.gateway.ensure_webhook(bluebubbles.receiver.url)
    bluebubbles.order("clock", freeze=True, pace=1)
    return bluebubbles


def live_through(bench: Bench, tail: int, seconds: float = 120) -> str:
    """Send to the number and let two minutes pass; returns the message's id."""
    sent = bench.gateway.send(message(number(tail)))
    bench.order("clock", advance=seconds)
    return sent.vendor_id


def state(bench: Bench, guid: str) -> State:
    return next(iter(bench.gateway.statuses([guid]))).state


def replies(bench: Bench) -> list[str]:
    seen: dict[str, str] = {}
    for event in bench.receiver.events(bench.gateway):
        if isinstance(event, MessageReceived) and not event.from_us:
            seen.setdefault(event.dedupe_key, event.text)
    return list(seen.values())


@pytest.mark.parametrize("tail", range(19))
def test_each_of_the_first_numbers_gives_its_own_answer(hooked: Bench, tail: int) -> None:
    guid = live_through(hooked, tail)
    assert state(hooked, guid) is State.READ
    assert replies(hooked) == [FIRST[tail].steps[0].text]


def test_the_last_of_them_taps_back(hooked: Bench) -> None:
    guid = live_through(hooked, 19)
    tapbacks = [event for event in hooked.receiver.events(hooked.gateway) if isinstance(event, Reaction)]
    assert [(event.tapback, event.vendor_message_id) for event in tapbacks] == [("like", guid)]


@pytest.mark.parametrize("tail", [20, 29, 60, 69])
def test_numbers_without_imessage_fail_silently(hooked: Bench, tail: int) -> None:
    guid = live_through(hooked, tail)
    assert state(hooked, guid) is State.FAILED
    assert hooked.arrived() == []
    told = [event.state for event in hooked.receiver.events(hooked.gateway) if isinstance(event, MessageStatus)]
    assert State.FAILED not in told


@pytest.mark.parametrize("tail", [60, 69])
def test_sms_numbers_take_texts_and_give_no_receipts(hooked: Bench, tail: int) -> None:
    sent = hooked.gateway.send(message(number(tail), service=Service.SMS))
    hooked.order("clock", advance=120)
    assert sent.service is Service.SMS
    assert state(hooked, sent.vendor_id) is State.SENT


@pytest.mark.parametrize("tail", [30, 34])
def test_availability_is_first_no_and_then_yes(hooked: Bench, tail: int) -> None:
    asked = [hooked.gateway.availability(number(tail)).verdict for _ in range(3)]
    assert asked == ["unavailable", "available", "available"]


@pytest.mark.parametrize("tail", [35, 39])
def test_phones_without_receipts_are_delivered_to_and_never_read(hooked: Bench, tail: int) -> None:
    assert state(hooked, live_through(hooked, tail, 3600)) is State.DELIVERED


@pytest.mark.parametrize(
    ("tail", "kind", "code", "arrives"),
    [
        (40, OutcomeUnknown, "500", True),
        (41, TransientError, "4", False),
        (42, OutcomeUnknown, "no_answer", True),
        (43, OutcomeUnknown, "504", True),
        (99, TransientError, "helper", False),
    ],
)
def test_an_answer_may_say_something_else_than_what_happened(
    hooked: Bench, tail: int, kind: type[GatewayError], code: str, arrives: bool
) -> None:
    started = datetime.fromtimestamp(hooked.ask("healthz")["now"] / 1000, UTC)
    outgoing = message(number(tail))
    with pytest.raises(kind) as failure:
        hooked.gateway.send(outgoing)
    assert failure.value.failure.vendor_code == code
    assert len(hooked.arrived()) == int(arrives)
    found = hooked.gateway.find_by_key(outgoing, not_before=started)
    if arrives:
        assert found is not None
        assert found.state is not State.FAILED
    else:
        assert found is None or found.state is State.FAILED
    if tail == 99:
        assert failure.value.failure.reason is Reason.LINE_ISSUE


def test_a_late_read_receipt_is_told_once(hooked: Bench) -> None:
    guid = live_through(hooked, 44, 5_300)
    assert state(hooked, guid) is State.DELIVERED
    hooked.order("clock", advance=200)
    assert state(hooked, guid) is State.READ
    reads = {
        event.dedupe_key
        for event in hooked.receiver.events(hooked.gateway)
        if isinstance(event, MessageStatus) and event.state is State.READ
    }
    assert len(reads) == 1, "told once, whatever kind of webhook told it"


def test_three_of_everything_in_any_order(hooked: Bench) -> None:
    guid = live_through(hooked, 45)
    told = [event for event in hooked.receiver.events(hooked.gateway) if isinstance(event, MessageStatus)]
    assert State.READ in {event.state for event in told if event.vendor_message_id == guid}
    assert len(replies(hooked)) == 1
    about = [post for post in hooked.receiver.posts if post["type"] == "new-message" and not post["data"]["isFromMe"]]
    assert len(about) == 3


def test_catch_up_finds_the_reply_that_no_webhook_told_of(hooked: Bench) -> None:
    since = datetime.fromtimestamp(hooked.ask("healthz")["now"] / 1000, UTC)
    live_through(hooked, 46)
    assert hooked.receiver.posts == []
    found = [event for event in hooked.gateway.catch_up(since) if isinstance(event, MessageReceived) and not event.from_us]
    assert len(found) == 1


@pytest.mark.parametrize(("tail", "text"), [(47, "STOP"), (48, "please take me off your list"), (49, "Stop by our booth!")])
def test_words_that_stop_and_words_that_do_not(hooked: Bench, tail: int, text: str) -> None:
    live_through(hooked, tail)
    assert replies(hooked) == [text]


def test_who_said_stop_stays_silent_until_start(hooked: Bench) -> None:
    live_through(hooked, 47)
    hooked.gateway.send(message(number(47), "Sorry", thread=f"iMessage;-;{number(47)}"))
    hooked.order("clock", advance=120)
    assert replies(hooked) == ["STOP"]
    hooked.order("inbound", **{"from": number(47), "text": "start"})
    hooked.gateway.send(message(number(47), "Welcome back", thread=f"iMessage;-;{number(47)}"))
    hooked.order("clock", advance=120)
    assert sorted(replies(hooked)) == ["STOP", "STOP", "start"]  # webhooks come in no order


def test_delivered_without_a_date(hooked: Bench) -> None:
    guid = live_through(hooked, 54, 10)
    assert state(hooked, guid) is State.DELIVERED


def test_ordinary_people_sometimes_read_and_sometimes_answer(hooked: Bench) -> None:
    for n in range(60):
        hooked.gateway.send(message(f"+1202555{1000 + n}"))
    hooked.order("clock", advance=300)
    reads = {
        event.recipient
        for event in hooked.receiver.events(hooked.gateway)
        if isinstance(event, MessageStatus) and event.state is State.READ
    }
    assert 25 <= len(reads) <= 55
    assert 5 <= len(replies(hooked)) <= 35


def test_the_guide_describes_every_number_that_is_not_ordinary() -> None:
    ordinary = habits_of("+12025550198")
    for tail in range(100):
        described = any(first <= tail <= last for first, last, _ in GUIDE)
        assert described is (habits_of(number(tail)) != ordinary), tail
        assert bool(describe(number(tail))) is described


def test_the_script_covers_every_reason_of_the_labelling_guide() -> None:
    labels = {reply.label for reply in (*FIRST, *ANYBODY)}
    reasons = ["Meeting", "Pricing", "Info", "Later", "Referral"]
    assert {f"Positive / {reason}" for reason in reasons} <= labels
    against = ["Competitor", "Budget", "No Need", "Wrong Persona", "Requested Remove"]
    assert {f"Negative / {reason}" for reason in against} <= labels
    assert {"Positive / none", "Neutral / none", "Negative / none", "Neutral / Info", "Neutral / Later"} <= labels
    kinds = {step.kind for reply in (*FIRST, *ANYBODY) for step in reply.steps}
    assert kinds == {"text", "tapback", "emoji_tapback", "photo", "heic", "edit"}
