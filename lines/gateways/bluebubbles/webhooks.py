"""Webhooks: reading one without any I/O, and keeping the server's subscription right.

BlueBubbles posts `{"type", "data"}` once: unsigned, never retried, several times over, in any
order. It is a doorbell; the row in the query is the record.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from lines.gateways.bluebubbles.api import Api, explain
from lines.gateways.bluebubbles.failures import line_failure
from lines.gateways.bluebubbles.rows import UnreadableRow, read_row, text_of
from lines.gateways.bluebubbles.translate import events_of, status_of, updates_of
from lines.gateways.errors import InvalidRequest, TransientError, UnreadableWebhook
from lines.gateways.events import Event, LineEvent, Typing
from lines.gateways.http import clean_base_url
from lines.gateways.messages import LineHealth, WebhookRequest

# The event that an address left iMessage is sent under a plural name that cannot be subscribed to
# by itself (1.9.9): only "*" receives it, and it is the best sign of a line that lost iMessage.
EVENTS: Final = ["*"]


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


def _events(kind: str, data: Any, request: WebhookRequest, own_address: str) -> Iterator[Event]:
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


def _aliases_removed(data: Any, request: WebhookRequest) -> LineEvent:
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


# ---- the subscription -----------------------------------------------------------------------


def ensure(api: Api, url: str) -> str:
    """Have exactly one subscription to everything for `url`; returns its id.

    All are listed and searched here: asking for an unknown url is a 500 in 1.9.9. An existing one
    with other events is deleted first, since the server would return it unchanged.
    """
    try:
        clean_base_url(url)
    except ValueError as error:
        raise InvalidRequest("url", str(error)) from None
    for hook in _listed(api):
        if hook.get("url") != url:
            continue
        if _events_of(hook) == EVENTS:
            return str(hook["id"])
        _write(api, "DELETE", f"webhook/{hook['id']}")
    created = _write(api, "POST", "webhook", {"url": url, "events": EVENTS})
    if not isinstance(created, Mapping) or "id" not in created:
        raise TransientError(line_failure("webhook", "BlueBubbles did not confirm the webhook."))
    return str(created["id"])


def remove(api: Api, handle: str) -> None:
    if not handle.isdecimal():
        raise InvalidRequest("handle", "must be the number that ensure_webhook returned")
    if any(str(hook.get("id")) == handle for hook in _listed(api)):
        _write(api, "DELETE", f"webhook/{handle}")


def _listed(api: Api) -> list[Mapping[str, Any]]:
    data = api.read("GET", "webhook").data
    return [hook for hook in data if isinstance(hook, Mapping) and "id" in hook] if isinstance(data, list) else []


def _events_of(hook: Mapping[str, Any]) -> object:
    """The events column is JSON text in the server's database; not every route parses it."""
    events = hook.get("events")
    if isinstance(events, str):
        try:
            return json.loads(events)
        except ValueError:
            return None
    return events


def _write(api: Api, method: str, path: str, body: object = None) -> Any:
    """Changing a subscription twice does no harm, so every failure is one to try again."""
    envelope = api.repeatable(method, path, body=body)
    if not envelope.ours or envelope.status not in (200, 201):
        raise TransientError(line_failure(str(envelope.status), explain(envelope)))
    return envelope.data
