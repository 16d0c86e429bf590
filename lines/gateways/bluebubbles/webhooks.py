"""Reading a webhook, without any I/O.

BlueBubbles posts `{"type", "data"}` once: unsigned, never retried, several times over, in any
order. It is a doorbell; the row in the query is the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lines.gateways.bluebubbles.rows import UnreadableRow, read_row, text_of
from lines.gateways.bluebubbles.translate import events_of, status_of, updates_of
from lines.gateways.errors import UnreadableWebhook
from lines.gateways.events import Event, LineEvent, Typing
from lines.gateways.messages import LineHealth, WebhookRequest


def parse(request: WebhookRequest, *, own_address: str) -> Sequence[Event]:
    """Raises UnreadableWebhook when the body is not a BlueBubbles webhook."""
    try:
        content = json.loads(request.body)
    except (ValueError, RecursionError):
        raise UnreadableWebhook("The body is not JSON.") from None
    if not isinstance(content, Mapping) or not isinstance(content.get("type"), str):
        raise UnreadableWebhook("The body has no type.")
    try:
        return tuple(_events(content["type"], content.get("data"), request, own_address))
    except UnreadableRow as error:
        raise UnreadableWebhook(f"The message {error}.") from None


def _events(kind: str, data: object, request: WebhookRequest, own_address: str) -> Iterator[Event]:
    match kind:
        case "new-message":
            yield from events_of(read_row(data), own_address=own_address)
        case "updated-message":
            yield from updates_of(read_row(data), own_address=own_address)
        case "message-send-error":
            yield status_of(read_row(data))
        case "typing-indicator" if isinstance(data, Mapping):
            yield _typing(data, request)
        case "imessage-aliases-removed" | "imessage-alias-removed":
            yield _aliases_removed(data, request)


def _typing(data: Mapping[str, Any], request: WebhookRequest) -> Typing:
    chat = text_of(data.get("guid"))
    on = data.get("display") is True
    return Typing(
        dedupe_key=f"t:{chat[:120]}:{'on' if on else 'off'}",
        occurred_at=request.received_at,
        actor=chat.rpartition(";-;")[2][:254],
        on=on,
    )


def _aliases_removed(data: object, request: WebhookRequest) -> LineEvent:
    """One event per hour and set of addresses: the server repeats itself, but it may happen again."""
    found = data.get("aliases") if isinstance(data, Mapping) else data
    aliases = tuple(sorted(text_of(alias)[:254] for alias in found)) if isinstance(found, list) else ()
    mark = hashlib.sha256("\n".join(aliases).encode()).hexdigest()[:16]
    detail = f"Apple took {', '.join(aliases) or 'an address'} off iMessage. Sign in again on the Mac."
    return LineEvent(
        dedupe_key=f"l:aliases:{mark}:{request.received_at:%Y%m%d%H}",
        occurred_at=request.received_at,
        health=LineHealth("flagged", detail[:300]),
    )
