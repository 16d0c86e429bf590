"""Sending: accepted, refused or unknown, and in the end exactly once (S4-06, S4-14, S4-23)."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lines.gateways.base import (
    FallbackWhen,
    Media,
    OutcomeUnknown,
    PermanentError,
    Reason,
    Service,
    State,
    TransientError,
)
from lines.simulator.pictures import photo
from tests.contracts.bench import Bench, deliver, eventually, message

PERSON = "+12025550101"
QUIET = "+12025550135"


@pytest.fixture
def picture(tmp_path: Path) -> Media:
    path = tmp_path / "floor plan.png"
    path.write_bytes(photo())
    return Media("floor plan.png", "image/png", path=str(path))


def test_an_accepted_message_has_an_id_that_its_statuses_use(bench: Bench) -> None:
    sent = bench.gateway.send(message(PERSON))
    assert sent.vendor_id
    assert sent.thread
    assert (sent.state, sent.service, sent.downgraded) == (State.SENT, Service.IMESSAGE, False)
    found = eventually(lambda: list(bench.gateway.statuses([sent.vendor_id])), lambda rows: rows[0].state is State.READ)
    assert found[0].vendor_message_id == sent.vendor_id
    assert found[0].delivered_at is not None
    assert found[0].read_at is not None
    assert found[0].delivered_at <= found[0].read_at


@pytest.mark.parametrize("known", [False, True], ids=["first contact", "known thread"])
@pytest.mark.parametrize(
    "kind", ["status_after", "drop_after", "truncate", "garbage", "drop_before", "status"], ids=lambda kind: kind
)
def test_exactly_once_under_each_fault(bench: Bench, kind: str, known: bool) -> None:
    thread = bench.gateway.send(message(QUIET, "Before")).thread if known else ""
    bench.order("faults", route="message/text" if known else "chat/new", kind=kind, count=1, value=500)
    outgoing = message(QUIET, "Is Tuesday good?", thread=thread)
    sent = deliver(bench.gateway, outgoing)
    arrived = [row for row in bench.arrived(QUIET) if row["text"] == "Is Tuesday good?"]
    assert [row["guid"] for row in arrived] == [sent.vendor_id]


def test_exactly_once_while_everything_fails_now_and_then(bench: Bench) -> None:
    """Sends, searches and facts fail at random; equal texts to many people, ten at a time."""
    people = [f"+120255502{n:02d}" for n in range(40)]
    for route, kind in (
        ("chat/new", "status_after"),
        ("chat/new", "drop_after"),
        ("chat/new", "drop_before"),
        ("message/query", "garbage"),
        ("message/query", "drop_before"),
        ("server/info", "status"),
    ):
        bench.order("faults", route=route, kind=kind, p=0.15)
    waiting = list(people)
    failures: list[Exception] = []

    def work() -> None:
        while waiting:
            try:
                deliver(bench.gateway, message(waiting.pop(), "The same words to everybody"), tries=50)
            except Exception as failure:
                failures.append(failure)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(row["to"] for row in bench.arrived()) == people


def test_a_search_takes_no_message_that_belongs_to_another_attempt(bench: Bench) -> None:
    started = datetime.now(UTC)
    first, second = message(QUIET, "ok?"), message(QUIET, "ok?")
    bound = bench.gateway.send(first).vendor_id
    assert bench.gateway.find_by_key(second, not_before=started, exclude={bound}) is None
    other = bench.gateway.send(second).vendor_id
    found = bench.gateway.find_by_key(second, not_before=started, exclude={bound})
    assert found is not None
    assert found.vendor_id == other


@pytest.mark.parametrize("text", ["👍", "🎉🎉", "…", "Ünïcödé — naïve?", "Line one\nline two", "a" * 5_000])
def test_any_text_is_found_again(bench: Bench, text: str) -> None:
    started = datetime.now(UTC)
    bench.gateway.send(message(QUIET, "🔥" if text == "👍" else "👍"))
    outgoing = message(QUIET, text)
    sent = bench.gateway.send(outgoing)
    found = bench.gateway.find_by_key(outgoing, not_before=started)
    assert found is not None
    assert found.vendor_id == sent.vendor_id


def test_a_search_looks_past_other_people_and_older_messages(bench: Bench) -> None:
    bench.gateway.send(message(QUIET, "Same words"))
    bench.gateway.send(message(PERSON, "Same words"))
    later = datetime.fromtimestamp(bench.ask("healthz")["now"] / 1000 + 11, UTC)
    assert bench.gateway.find_by_key(message(QUIET, "Same words"), not_before=later) is None
    assert bench.gateway.find_by_key(message("+12025550136", "Same words"), not_before=datetime.now(UTC)) is None


def test_a_search_reports_a_message_that_failed(bench: Bench) -> None:
    started = datetime.now(UTC)
    outgoing = message("+12025550120")
    bench.gateway.send(outgoing)
    found = eventually(
        lambda: bench.gateway.find_by_key(outgoing, not_before=started), lambda row: row is not None and row.state is State.FAILED
    )
    assert found is not None
    assert found.failure is not None
    assert found.failure.fallback is FallbackWhen.UNSUPPORTED


def test_a_file_arrives_under_a_name_of_its_own_and_is_found_by_it(bench: Bench, picture: Media) -> None:
    started = datetime.now(UTC)
    thread = bench.gateway.send(message(QUIET)).thread
    first, second = (message(QUIET, "", media=[picture], thread=thread) for _ in range(2))
    sent = bench.gateway.send(first)
    assert bench.gateway.find_by_key(second, not_before=started) is None
    found = bench.gateway.find_by_key(first, not_before=started)
    assert found is not None
    assert found.vendor_id == sent.vendor_id
    assert bench.arrived(QUIET)[-1]["files"][0].endswith(".png")


def test_a_file_with_words_is_one_message(bench: Bench, picture: Media) -> None:
    thread = bench.gateway.send(message(QUIET)).thread
    outgoing = message(QUIET, "As promised", media=[picture, picture], thread=thread)
    bench.order("faults", route="message/multipart", kind="drop_after", count=1)
    sent = deliver(bench.gateway, outgoing)
    arrived = bench.arrived(QUIET)[1:]
    assert [(row["guid"], row["text"], len(row["files"])) for row in arrived] == [(sent.vendor_id, "As promised", 2)]


def test_a_lost_upload_is_certainly_no_message(bench: Bench, picture: Media) -> None:
    thread = bench.gateway.send(message(QUIET)).thread
    bench.order("faults", route="attachment/upload", kind="drop_after", count=1)
    with pytest.raises(TransientError):
        bench.gateway.send(message(QUIET, "As promised", media=[picture], thread=thread))
    assert len(bench.arrived(QUIET)) == 1


def test_a_file_as_the_very_first_message_is_refused_with_advice(bench: Bench, picture: Media) -> None:
    with pytest.raises(PermanentError) as refusal:
        bench.gateway.send(message(QUIET, "Hello", media=[picture]))
    assert refusal.value.failure.reason is Reason.MESSAGE_RESTRICTION
    assert "Send a text, then the file" in refusal.value.failure.detail
    assert bench.arrived() == []


def test_sms_goes_out_as_sms(bench: Bench) -> None:
    sent = bench.gateway.send(message("+12025550160", service=Service.SMS))
    assert sent.service is Service.SMS
    assert [row["service"] for row in bench.arrived()] == ["SMS"]


def test_sms_after_a_silent_failure_reaches_the_person_once(bench: Bench) -> None:
    """The fallback strategy end to end at the adapter: unsupported on iMessage, then a text (S4-23)."""
    failed = bench.gateway.send(message("+12025550160", "Hello"))
    status = eventually(lambda: next(iter(bench.gateway.statuses([failed.vendor_id]))), lambda row: row.state is State.FAILED)
    assert status.failure is not None
    assert status.failure.fallback is FallbackWhen.UNSUPPORTED
    bench.gateway.send(message("+12025550160", "Hello", service=Service.SMS, thread=failed.thread))
    assert [(row["text"], row["service"]) for row in bench.arrived()] == [("Hello", "SMS")]


def test_a_send_ends_within_the_time_it_announces(bench: Bench) -> None:
    outgoing = message(PERSON)
    assert 0 < bench.gateway.send_timeout(outgoing) < 600
    assert bench.gateway.send_timeout(outgoing) > 190  # the server itself waits up to three minutes


def test_an_unreachable_line_certainly_sent_nothing(bench: Bench) -> None:
    bench.order("faults", route="server/info", kind="drop_before", count=1)
    with pytest.raises(TransientError) as failure:
        bench.gateway.send(message(PERSON))
    assert failure.value.failure.reason is Reason.LINE_ISSUE
    assert failure.value.sent == "no"


def test_texts_to_one_person_keep_their_order(bench: Bench) -> None:
    words = [f"Sentence {n}" for n in range(12)]
    random.Random(3).shuffle(words)
    thread = ""
    for text in words:
        thread = bench.gateway.send(message(QUIET, text, thread=thread)).thread
    assert [row["text"] for row in bench.arrived(QUIET)] == words


def test_an_unknown_outcome_says_so(bench: Bench) -> None:
    bench.order("faults", route="chat/new", kind="drop_after", count=1)
    with pytest.raises(OutcomeUnknown) as failure:
        bench.gateway.send(message(QUIET))
    assert failure.value.sent == "maybe"
    assert len(bench.arrived()) == 1
