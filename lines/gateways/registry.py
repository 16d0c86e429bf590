"""From a line's stored values to the adapter that speaks for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings

from lines.gateways.base import LineGateway
from lines.gateways.bluebubbles import BlueBubbles
from lines.gateways.errors import InvalidRequest
from lines.gateways.http.guard import Network, parse_networks


def gateway_for(kind: str, *, server_url: str, password: str, address: str = "") -> LineGateway:
    """The gateway of a line.

    kind: Line.gateway, such as "bluebubbles". address: the line's own number or email address.
    Raises InvalidRequest naming `kind`, `server_url` or `password`. Touches no network.
    """
    make = _KINDS.get(kind)
    if make is None:
        raise InvalidRequest("kind", "must be one of " + ", ".join(_KINDS))
    return make(server_url, password, address, allowed_networks())


def allowed_networks() -> tuple[Network, ...]:
    """Private ranges that the operator lets server URLs lead to: GATEWAY_ALLOWED_NETWORKS."""
    return parse_networks(getattr(settings, "GATEWAY_ALLOWED_NETWORKS", ()))


def _bluebubbles(server_url: str, password: str, address: str, allowed: tuple[Network, ...]) -> LineGateway:
    return BlueBubbles(server_url=server_url, password=password, own_address=address, allowed_networks=allowed)


_KINDS: Final[dict[str, Callable[[str, str, str, tuple[Network, ...]], LineGateway]]] = {
    "bluebubbles": _bluebubbles,
}
