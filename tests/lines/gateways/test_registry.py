"""From a line's stored values to its gateway."""

from __future__ import annotations

from typing import Any

import pytest

from lines.gateways.base import InvalidRequest, LineGateway
from lines.gateways.registry import allowed_networks, gateway_for


def test_a_line_gets_the_gateway_of_its_kind() -> None:
    gateway = gateway_for("bluebubbles", server_url="http://mac.local:1234", password="x", address="+12025550190")
    assert isinstance(gateway, LineGateway)
    assert gateway.name == "BlueBubbles"


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(InvalidRequest) as refusal:
        gateway_for("pigeon", server_url="http://mac.local:1234", password="x")
    assert refusal.value.field == "kind"


def test_the_operators_ranges_are_the_only_exception(settings: Any) -> None:
    settings.GATEWAY_ALLOWED_NETWORKS = ["192.168.0.0/16"]
    assert [str(network) for network in allowed_networks()] == ["192.168.0.0/16"]
    settings.GATEWAY_ALLOWED_NETWORKS = []
    health = gateway_for("bluebubbles", server_url="http://127.0.0.1:9", password="x").check()
    assert "private address" in health.detail
