"""From a line's stored values to the adapter that speaks for it."""

from __future__ import annotations

from typing import Final

from django.conf import settings

from lines.gateways.base import Capability, LineGateway
from lines.gateways.bluebubbles import BlueBubbles
from lines.gateways.errors import InvalidRequest
from lines.gateways.http.guard import Network, parse_networks


def gateway_for(kind: str, *, server_url: str, password: str, address: str = "") -> LineGateway:
    """The gateway of a line.

    kind: Line.gateway, such as "bluebubbles". address: the line's own number or email address.
    Raises InvalidRequest naming `kind`, `server_url` or `password`. Touches no network.
    """
    gateway = _of(kind)
    return gateway(server_url=server_url, password=password, own_address=address, allowed_networks=allowed_networks())


def capabilities_for(kind: str) -> Capability:
    """What lines of this kind can do at their best. Raises InvalidRequest naming `kind`."""
    return _of(kind).capabilities


def allowed_networks() -> tuple[Network, ...]:
    """Private ranges that the operator lets server URLs lead to: GATEWAY_ALLOWED_NETWORKS."""
    return parse_networks(settings.GATEWAY_ALLOWED_NETWORKS)


def _of(kind: str) -> type[BlueBubbles]:
    if kind not in _KINDS:
        raise InvalidRequest("kind", "must be one of " + ", ".join(_KINDS))
    return _KINDS[kind]


_KINDS: Final = {"bluebubbles": BlueBubbles}
