"""What goes into a gateway and what comes straight back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lines.gateways.errors import Failure
from lines.gateways.vocabulary import FallbackWhen, Service, State

LineState = Literal["active", "degraded", "offline", "flagged", "auth_failed"]


@dataclass(frozen=True, slots=True)
class Media:
    """A file. Outgoing: `path` (we upload) or `url` (the vendor pulls, S4-10). Incoming: `vendor_id`."""

    filename: str
    content_type: str
    url: str = ""
    path: str = ""
    size: int | None = None  # bytes
    vendor_id: str = ""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One attempt to say something to one address.

    `fallback`, `fallback_from` and `urgent` are for vendors that fall back to SMS or hurry by themselves (S4-11 to S4-13).
    Our own fallback is another attempt, so `conversations` leaves them as they are.
    """

    key: str  # our UUID for this attempt: tempGuid, idempotency key or header, as the vendor has it
    to: str  # E.164 or an email address
    text: str = ""
    media: Sequence[Media] = ()
    service: Service = Service.IMESSAGE
    fallback: frozenset[FallbackWhen] = frozenset()
    fallback_from: str = ""  # E.164 of the line that may send the SMS
    urgent: bool = False  # fast_track where the vendor has it
    thread: str = ""  # vendor chat id when known; "" means first contact


@dataclass(frozen=True, slots=True)
class SendResult:
    """The gateway has the message. From `send`: accepted, not yet delivered."""

    vendor_id: str
    state: State
    service: Service
    thread: str = ""  # opaque; macOS updates change it, so never a key of ours
    downgraded: bool = False  # asked for iMessage, went as SMS
    failure: Failure | None = None  # only with FAILED, only from a search
    created_at: datetime | None = None  # the gateway's clock


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether an address can be reached over iMessage, as far as one question can tell."""

    verdict: Literal["available", "unavailable", "unknown"]
    confident: bool = True  # a BlueBubbles "false" is weak evidence: ask twice


@dataclass(frozen=True, slots=True)
class LineHealth:
    """How the line stands. `detail` is a sentence for a person: what is wrong and what helps.

    active: works. degraded: reachable, but something it needs is off. offline: cannot send.
    flagged: iMessage is off: the provider took it away, or the device is signed out. auth_failed: the password is wrong.
    """

    state: LineState
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.state == "active"


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """An incoming webhook, as bytes: adapters parse and authenticate it without any I/O."""

    url: str  # absolute, as the vendor addressed it
    headers: Mapping[str, str]  # lower-cased names
    body: bytes  # raw
    received_at: datetime  # aware; stands in where the vendor gives no time
