"""The BlueBubbles adapter: a Mac, its Messages app, and the server that speaks for them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from lines.gateways import checks
from lines.gateways.bluebubbles import files, reading, subscription, webhooks
from lines.gateways.bluebubbles.answers import failed
from lines.gateways.bluebubbles.api import Api, Timeouts, in_path
from lines.gateways.bluebubbles.chats import chat_guid
from lines.gateways.bluebubbles.facts import FactsCache, health
from lines.gateways.bluebubbles.sending import Sender, send_timeout
from lines.gateways.errors import InvalidRequest, OutcomeUnknown, TransientError
from lines.gateways.events import Event, MessageStatus
from lines.gateways.http.guard import Network
from lines.gateways.messages import Availability, LineHealth, OutboundMessage, SendResult, WebhookRequest
from lines.gateways.vocabulary import Capability, Service, Tapback

_SENDABLE: Final = (Service.IMESSAGE, Service.SMS)
_cache: Final = FactsCache()


def forget_servers() -> None:
    """Ask every server again what it can do, as after a restart of this process."""
    _cache.clear()


class BlueBubbles:
    """See LineGateway for what each method promises; thread-safe and cheap to make.

    server_url: `http(s)://host:port`, a path allowed. own_address: the line's number, which fills
    the side of an event that the wire leaves out.
    """

    name: Final = "BlueBubbles"
    capabilities: Final = (
        Capability.FORCE_SMS  # over the iPhone beside the Mac: best effort; a fallback line is the better way
        | Capability.REACT
        | Capability.TYPING
        | Capability.MARK_READ
        | Capability.AVAILABILITY
        | Capability.WEBHOOK_API
    )

    def __init__(
        self,
        *,
        server_url: str,
        password: str,
        own_address: str = "",
        allowed_networks: tuple[Network, ...] = (),
        timeouts: Timeouts | None = None,
    ) -> None:
        self._api = Api(server_url, password, allowed=allowed_networks, timeouts=timeouts or Timeouts())
        self._own_address = own_address

    def check(self) -> LineHealth:
        return health(self._api, _cache)

    # ---- out --------------------------------------------------------------------------------

    def send(self, message: OutboundMessage) -> SendResult:
        checks.require_message(message, uploads=True)
        if message.service not in _SENDABLE:
            raise InvalidRequest("service", "must be imessage or sms: this line sends nothing else")
        return Sender(self._api, _cache, message).send()

    def send_timeout(self, message: OutboundMessage) -> float:
        return send_timeout(message, self._api.timeouts)

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
        checks.require_address("to", to)
        checks.require_id("vendor_message_id", vendor_message_id)
        checks.require_tapback("tapback", tapback)
        body = {
            "chatGuid": thread or self._chat(to),
            "selectedMessageGuid": vendor_message_id,
            "reaction": f"-{Tapback(tapback)}" if remove else str(Tapback(tapback)),
            "partIndex": 0,
        }
        envelope = self._api.once("message/react", timeout=self._api.timeouts.text, body=body)
        if not envelope.succeeded:
            raise failed(envelope)

    def typing(self, *, thread: str, to: str, on: bool) -> None:
        checks.require_address("to", to)
        if not on and not _cache.get(self._api).stops_typing:
            return  # its route would start typing instead; the bubble ends by itself or with a send
        self._nudge("POST" if on else "DELETE", thread or self._chat(to), "typing")

    def mark_read(self, *, thread: str, to: str) -> None:
        checks.require_address("to", to)
        self._nudge("POST", thread or self._chat(to), "read")

    # ---- questions --------------------------------------------------------------------------

    def availability(self, address: str) -> Availability:
        """A "false" is not confident: the helper folds several doubts into it."""
        checks.require_address("address", address)
        data = self._api.read("GET", "handle/availability/imessage", address=address).data
        found = data.get("available") if isinstance(data, dict) else None
        if found is True:
            return Availability("available")
        return Availability("unavailable" if found is False else "unknown", confident=False)

    def history(self, *, thread: str, to: str, since: datetime | None = None, limit: int = 20) -> Sequence[Event]:
        checks.require_address("to", to)
        checks.require_limit("limit", limit)
        chat = thread or self._chat(to)
        return reading.history(self._api, chat, own_address=self._own_address, since=since, limit=limit)

    def fetch(self, vendor_message_id: str) -> Sequence[Event]:
        checks.require_id("vendor_message_id", vendor_message_id)
        return reading.fetch(self._api, vendor_message_id, own_address=self._own_address)

    def statuses(self, vendor_message_ids: Collection[str]) -> Iterator[MessageStatus]:
        for guid in vendor_message_ids:
            checks.require_id("vendor_message_ids", guid)
        return reading.statuses(self._api, vendor_message_ids)

    def find_by_key(self, message: OutboundMessage, *, not_before: datetime, exclude: Collection[str] = ()) -> SendResult | None:
        checks.require_message(message, uploads=True)
        checks.require_aware("not_before", not_before)
        return reading.find(self._api, message, not_before=not_before, exclude=exclude)

    def catch_up(self, since: datetime) -> Iterator[Event]:
        checks.require_aware("since", since)
        return reading.catch_up(self._api, since, own_address=self._own_address, now=datetime.now(UTC))

    def fetch_attachment(self, vendor_id: str, *, max_bytes: int = 100_000_000) -> Iterator[bytes]:
        """HEIC and CAF arrive converted, so that every browser shows and plays them."""
        checks.require_id("vendor_id", vendor_id)
        return files.download(self._api, vendor_id, max_bytes)

    # ---- webhooks ---------------------------------------------------------------------------

    def parse_webhook(self, request: WebhookRequest) -> Sequence[Event]:
        return webhooks.parse(request, own_address=self._own_address)

    def ensure_webhook(self, url: str) -> str:
        return subscription.ensure(self._api, url)

    def remove_webhook(self, handle: str) -> None:
        subscription.remove(self._api, handle)

    # ---- inside -----------------------------------------------------------------------------

    def _chat(self, to: str) -> str:
        return chat_guid(to, Service.IMESSAGE, any_service=_cache.get(self._api).any_service)

    def _nudge(self, method: str, chat: str, what: str) -> None:
        """Typing and read receipts: doing it twice does no harm, so any doubt is transient."""
        envelope = self._api.repeatable(method, f"chat/{in_path(chat)}/{what}")
        if not envelope.succeeded:
            refusal = failed(envelope)
            raise TransientError(refusal.failure) if isinstance(refusal, OutcomeUnknown) else refusal
