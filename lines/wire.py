"""The gateway of a line, kept per process so that its connections are reused, and what it can do."""

from __future__ import annotations

from functools import lru_cache

from lines.gateways.base import Capability, LineGateway
from lines.gateways.registry import capabilities_for, gateway_for
from lines.models import Line
from workspaces.secrets import unseal


def gateway_of(line: Line) -> LineGateway:
    """The adapter that speaks for `line`. Instances may be shared between threads."""
    return _connect(line.gateway, line.server_url, line.sealed_secret, line.address)


def capabilities_of(line: Line) -> Capability:
    """What its kind of line can do at its best, whether or not this one can be reached."""
    return capabilities_for(line.gateway)


@lru_cache(maxsize=512)
def _connect(kind: str, server_url: str, sealed_secret: str, address: str) -> LineGateway:
    """Keyed by the sealed secret, so that no plain password lies in a cache key."""
    return gateway_for(kind, server_url=server_url, password=unseal(sealed_secret), address=address)
