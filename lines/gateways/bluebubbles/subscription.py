"""The subscription that has the server post to us, kept as it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from lines.gateways.bluebubbles.api import Api, explain
from lines.gateways.bluebubbles.failures import line_failure
from lines.gateways.errors import InvalidRequest, TransientError
from lines.gateways.http import clean_base_url

# The event that an address left iMessage is sent under a plural name that cannot be subscribed to
# by itself (1.9.9): only "*" receives it, and it is the best sign of a line that lost iMessage.
_EVERYTHING: Final = ["*"]


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
        if _events_of(hook) == _EVERYTHING:
            return str(hook["id"])
        _write(api, "DELETE", f"webhook/{hook['id']}")
    created = _write(api, "POST", "webhook", {"url": url, "events": _EVERYTHING})
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


def _write(api: Api, method: str, path: str, body: object = None) -> object:
    """Changing a subscription twice does no harm, so every failure is one to try again."""
    envelope = api.repeatable(method, path, body=body)
    if not envelope.ours or envelope.status not in (200, 201):
        raise TransientError(line_failure(str(envelope.status), explain(envelope)))
    return envelope.data
