"""What each answer to a send means: table 2.6 of the fact sheet, row by row."""

from __future__ import annotations

from typing import Any

import pytest

from lines.gateways.base import (
    FallbackWhen,
    GatewayError,
    OutcomeUnknown,
    PermanentError,
    Reason,
    Service,
    TransientError,
)
from lines.gateways.bluebubbles.answers import ChatMissing, accepted_row
from lines.gateways.bluebubbles.api import Envelope
from lines.gateways.bluebubbles.failures import apple_failure

ROW: dict[str, Any] = {"guid": "6E1B", "text": "Hi", "isFromMe": True, "error": 0, "dateCreated": 1767225600123}


def answer(status: int, message: str = "", error: str = "", data: Any = None) -> Envelope:
    return Envelope(status=status, ours=True, message=message, error=error, data=data)


def outcome(envelope: Envelope) -> GatewayError:
    with pytest.raises(GatewayError) as failure:
        accepted_row(envelope, Service.IMESSAGE)
    return failure.value


@pytest.mark.parametrize("data", [ROW, {"guid": "iMessage;-;+12025550100", "messages": [ROW]}], ids=["message/text", "chat/new"])
def test_200_with_a_row_is_accepted(data: dict[str, Any]) -> None:
    assert accepted_row(answer(200, "Message sent!", data=data), Service.IMESSAGE).guid == "6E1B"


@pytest.mark.parametrize("data", [None, {}, [], {"messages": []}, {"guid": ""}, "ok"])
def test_200_without_a_row_is_unknown(data: Any) -> None:
    assert isinstance(outcome(answer(200, data=data)), OutcomeUnknown)


@pytest.mark.parametrize(
    ("code", "kind", "reason", "fallback"),
    [
        (4, TransientError, Reason.IMESSAGE_ISSUE, FallbackWhen.FAILS),
        (22, PermanentError, Reason.IMESSAGE_ISSUE, FallbackWhen.UNSUPPORTED),
        (24, PermanentError, Reason.UNREACHABLE, FallbackWhen.UNSUPPORTED),
        (40, PermanentError, Reason.LINE_ISSUE, None),
        (41, PermanentError, Reason.MESSAGE_RESTRICTION, None),
    ],
)
def test_500_with_an_error_in_the_row_is_apples_refusal(
    code: int, kind: type[GatewayError], reason: Reason, fallback: FallbackWhen | None
) -> None:
    failed = {**ROW, "error": code}
    error = outcome(answer(500, "Message sent with an error. See attached message", "Message failed to send!", failed))
    assert type(error) is kind
    assert (error.failure.reason, error.failure.fallback, error.failure.vendor_code) == (reason, fallback, str(code))
    assert (error.sent, error.vendor_id) == ("no", "6E1B")


def test_200_with_an_error_in_the_row_is_apples_refusal_too() -> None:
    assert outcome(answer(200, data={**ROW, "error": 22})).failure.vendor_code == "22"


@pytest.mark.parametrize(
    "error",
    [
        "Failed to send message! See attached message error code.",
        "Transaction timeout",
        "Message not found in database after 60 seconds!",
        "Something new",
        "",
    ],
)
@pytest.mark.parametrize("data", [None, ROW], ids=["no data", "a row without an error"])
def test_other_500s_are_unknown(error: str, data: Any) -> None:
    failure = outcome(answer(500, "Message Send Error", error, data))
    assert isinstance(failure, OutcomeUnknown)
    assert failure.sent == "maybe"


def test_504_is_unknown() -> None:
    assert isinstance(outcome(answer(504, error="Gateway Timeout")), OutcomeUnknown)


def test_a_missing_chat_is_not_sent() -> None:
    assert isinstance(outcome(answer(500, "Message Send Error", "Chat does not exist!")), ChatMissing)


@pytest.mark.parametrize("text", ["iMessage Private API is not enabled!", "iMessage Private API Helper is not connected!"])
def test_a_missing_helper_is_a_line_issue_that_may_pass(text: str) -> None:
    error = outcome(answer(500, "Please make sure …", text))
    assert isinstance(error, TransientError)
    assert error.failure.reason is Reason.LINE_ISSUE


def test_a_wrong_password_is_a_line_issue() -> None:
    error = outcome(answer(401, error="Unauthorized"))
    assert isinstance(error, TransientError)
    assert (error.failure.reason, error.failure.vendor_code) == (Reason.LINE_ISSUE, "401")


def test_a_400_is_our_mistake_and_never_sent() -> None:
    assert isinstance(outcome(answer(400, error="The chatGuid field is mandatory.")), PermanentError)


def test_a_400_because_it_is_in_flight_is_unknown() -> None:
    error = outcome(answer(400, error="Message is already queued to be sent! (Temp GUID: 1f6b)"))
    assert isinstance(error, OutcomeUnknown)


@pytest.mark.parametrize(
    ("status", "kind", "reason"),
    [
        (301, TransientError, Reason.LINE_ISSUE),
        (403, TransientError, Reason.LINE_ISSUE),
        (404, TransientError, Reason.LINE_ISSUE),
        (413, PermanentError, Reason.MESSAGE_RESTRICTION),
        (429, TransientError, Reason.CHANNEL_LIMIT),
        (200, OutcomeUnknown, Reason.IMESSAGE_ISSUE),
        (408, OutcomeUnknown, Reason.IMESSAGE_ISSUE),
        (500, OutcomeUnknown, Reason.IMESSAGE_ISSUE),
        (502, OutcomeUnknown, Reason.IMESSAGE_ISSUE),
        (503, OutcomeUnknown, Reason.IMESSAGE_ISSUE),
    ],
)
def test_answers_of_tunnels_and_proxies(status: int, kind: type[GatewayError], reason: Reason) -> None:
    error = outcome(Envelope(status=status, ours=False, retry_after=7.0))
    assert type(error) is kind
    assert error.failure.reason is reason
    assert error.failure.retry_after == (7.0 if status == 429 else None)


@pytest.mark.parametrize(
    ("codes", "reason", "transient"),
    [
        (range(1, 6), Reason.IMESSAGE_ISSUE, True),
        (range(6, 12), Reason.LINE_ISSUE, True),
        (range(12, 21), Reason.IMESSAGE_ISSUE, True),
        (range(21, 24), Reason.IMESSAGE_ISSUE, False),
        (range(24, 25), Reason.UNREACHABLE, False),
        (range(25, 30), Reason.IMESSAGE_ISSUE, True),
        (range(30, 34), Reason.LINE_ISSUE, False),
        (range(34, 38), Reason.MESSAGE_RESTRICTION, False),
        (range(38, 41), Reason.LINE_ISSUE, False),
        (range(41, 42), Reason.MESSAGE_RESTRICTION, False),
    ],
)
def test_apples_codes(codes: range, reason: Reason, transient: bool) -> None:
    for code in codes:
        failure = apple_failure(code)
        assert (failure.reason, failure.transient, failure.vendor_code) == (reason, transient, str(code))
        assert failure.detail.startswith(f"Apple error {code}: ")


def test_a_code_on_sms_is_the_carriers() -> None:
    assert apple_failure(4, Service.SMS).reason is Reason.CARRIER_ISSUE
    assert apple_failure(9, Service.SMS).reason is Reason.LINE_ISSUE


def test_an_unmapped_code_is_tried_again_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    failure = apple_failure(77)
    assert (failure.reason, failure.transient, failure.vendor_code) == (Reason.IMESSAGE_ISSUE, True, "77")
    assert "gateway_unmapped_code" in caplog.text
