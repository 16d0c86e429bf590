"""What can go wrong at a gateway, sorted by the one question that matters: was it sent?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lines.gateways.vocabulary import FallbackWhen, Reason


@dataclass(frozen=True, slots=True)
class Failure:
    """Why something failed, in our words and in the vendor's."""

    reason: Reason
    transient: bool  # the same message may succeed later
    vendor_code: str = ""  # as the vendor wrote it: "22", "30007", "OPTED_OUT"
    detail: str = ""  # one line for operators; never holds a secret
    opted_out: bool = False  # the recipient has revoked consent at the vendor
    fallback: FallbackWhen | None = None  # the SMS fallback condition this failure meets
    retry_after: float | None = None  # seconds, when the vendor names them


class GatewayError(Exception):
    """Base of what a gateway call raises after valid input.

    `failure` is always set. `sent` says whether the message may have gone out. `vendor_id` is the
    gateway's id of the message when it made one and refused it afterwards, so that a later search
    by text does not take the refused row for another message.
    """

    sent: Literal["no", "maybe"] = "no"

    def __init__(self, failure: Failure, *, vendor_id: str = "") -> None:
        super().__init__(f"{failure.reason}: {failure.vendor_code} {failure.detail}".strip())
        self.failure = failure
        self.vendor_id = vendor_id

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling: Celery carries exceptions between processes."""
        return _rebuild, (type(self), self.failure, self.vendor_id)


def _rebuild(kind: type[GatewayError], failure: Failure, vendor_id: str) -> GatewayError:
    return kind(failure, vendor_id=vendor_id)


class TransientError(GatewayError):
    """Certainly not sent; the same message may be tried again later."""


class PermanentError(GatewayError):
    """Certainly not sent; trying the same message again cannot help."""


class OutcomeUnknown(GatewayError):
    """It may have been sent: ask the gateway (`find_by_key`), never send again blindly."""

    sent = "maybe"


class BadSignature(Exception):
    """A webhook could not be authenticated: answer 403, store nothing."""


class UnreadableWebhook(ValueError):
    """A webhook whose body is not what the vendor sends: answer 400, store nothing."""


class InvalidRequest(ValueError):
    """A call refused before anything touched the network (S4-24); `field` names the bad argument."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.field, self.message)
