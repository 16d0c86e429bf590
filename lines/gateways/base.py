"""The contract between the product and every messaging line.

One adapter instance speaks for one line. The rest of the product imports its words from here and
never learns which vendor is behind a line. Three rules hold for every adapter:

1. Input is checked first; `InvalidRequest` names the bad field and nothing was sent.
2. A failed `send` answers "was it sent?" by its type: TransientError and PermanentError mean
   certainly not, OutcomeUnknown means perhaps. Any doubt is OutcomeUnknown.
3. `parse_webhook` is pure: no network, no clock, no database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol, runtime_checkable

from lines.gateways.codec import event_from_json, event_to_json
from lines.gateways.errors import (
    BadSignature,
    Failure,
    GatewayError,
    InvalidRequest,
    OutcomeUnknown,
    PermanentError,
    TransientError,
    UnreadableWebhook,
)
from lines.gateways.events import (
    Event,
    LineEvent,
    MessageReceived,
    MessageStatus,
    Reaction,
    Typing,
    reply_to_event,
)
from lines.gateways.messages import (
    Availability,
    LineHealth,
    LineState,
    Media,
    OutboundMessage,
    SendResult,
    WebhookRequest,
)
from lines.gateways.vocabulary import (
    Capability,
    FallbackWhen,
    Reason,
    Service,
    State,
    Tapback,
)

__all__ = [
    "Availability",
    "BadSignature",
    "Capability",
    "Event",
    "Failure",
    "FallbackWhen",
    "GatewayError",
    "InvalidRequest",
    "LineEvent",
    "LineGateway",
    "LineHealth",
    "LineState",
    "Media",
    "MessageReceived",
    "MessageStatus",
    "OutboundMessage",
    "OutcomeUnknown",
    "PermanentError",
    "Reaction",
    "Reason",
    "SendResult",
    "Service",
    "State",
    "Tapback",
    "TransientError",
    "Typing",
    "UnreadableWebhook",
    "WebhookRequest",
    "event_from_json",
    "event_to_json",
    "reply_to_event",
]


@runtime_checkable
class LineGateway(Protocol):
    """One line at one vendor. Methods block; instances may be shared between threads.

    Every method raises InvalidRequest on bad input. Callers ask `capabilities` before they call
    what not every gateway can do. Reading methods raise TransientError or PermanentError when the gateway cannot be asked: they
    never answer "nothing there" because of an error.
    """

    @property
    def name(self) -> str:
        """The vendor's name for people: "BlueBubbles"."""

    @property
    def capabilities(self) -> Capability:
        """What this kind of line can do when it is in order."""

    def check(self) -> LineHealth:
        """How the line stands. Never raises GatewayError: an unreachable line is an answer."""

    def send(self, message: OutboundMessage) -> SendResult:
        """Hand one message over. Returns once the gateway has it (not: once it is delivered).

        Raises TransientError, PermanentError (not sent) or OutcomeUnknown (reconcile).
        """

    def send_timeout(self, message: OutboundMessage) -> float:
        """Seconds after which `send` has certainly returned or raised: the floor of a lease."""

    def availability(self, address: str) -> Availability:
        """Ask whether `address` is on iMessage. A live query: count and space it."""

    def react(
        self,
        *,
        thread: str,
        vendor_message_id: str,
        message_text: str,
        to: str,
        tapback: Tapback,
        remove: bool = False,
    ) -> None:
        """Put a tapback on a message, or take it off (S4-17)."""

    def typing(self, *, thread: str, to: str, on: bool) -> None:
        """Show or hide "typing…" to the contact (S4-16). Best effort."""

    def mark_read(self, *, thread: str, to: str) -> None:
        """Send the contact a read receipt for what they wrote (S4-19)."""

    def history(self, *, thread: str, to: str, since: datetime | None = None, limit: int = 20) -> Sequence[Event]:
        """The newest `limit` messages with `to`, oldest first (S4-20); both directions."""

    def fetch(self, vendor_message_id: str) -> Sequence[Event]:
        """All the gateway knows of one message (S4-21): MessageReceived, and MessageStatus when it
        is ours, or a Reaction. Empty when the gateway does not know the id."""

    def statuses(self, vendor_message_ids: Collection[str]) -> Iterator[MessageStatus]:
        """Where our messages stand, in as few calls as the vendor allows; unknown ids are absent."""

    def find_by_key(self, message: OutboundMessage, *, not_before: datetime, exclude: Collection[str] = ()) -> SendResult | None:
        """Did this message go out? The question after OutcomeUnknown.

        Vendors without idempotency are searched: to the same address, from us, the same content,
        created at or after `not_before` minus 10 s, with an id not in `exclude` (ids already bound
        to other attempts). None means: looked, not there. The result may be FAILED.
        """

    def catch_up(self, since: datetime) -> Iterator[Event]:
        """Everything since `since`, in pages: what webhooks lost. Same dedupe keys as webhooks."""

    def fetch_attachment(self, vendor_id: str, *, max_bytes: int = 100_000_000) -> Iterator[bytes]:
        """The bytes of an incoming file, in chunks. PermanentError when larger than `max_bytes`."""

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        """Typed events of one webhook; empty for kinds we have no use for.

        Raises BadSignature or UnreadableWebhook. Pure, so the door can compute dedupe keys and
        answer at once.
        """

    def ensure_webhook(self, url: str) -> str:
        """Have the vendor post to `url`; idempotent. Returns a handle for `remove_webhook`."""

    def remove_webhook(self, handle: str) -> None:
        """Stop posting; quiet when it is already gone."""
