"""Server URLs are typed by customers: no form of a private address gets through (reliability, row 29)."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from lines.gateways.http.guard import AddressRefused, may_connect, parse_networks, resolve

PRIVATE = [
    "127.0.0.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.20",
    "169.254.169.254",  # cloud metadata
    "100.64.0.1",  # carrier-grade NAT, which is_private calls public
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",  # multicast
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",  # mapped
    "::ffff:10.0.0.1",
    "::127.0.0.1",  # compatible
    "64:ff9b::7f00:1",  # NAT64 of 127.0.0.1
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",  # 6to4 of 127.0.0.1
    "2002:c0a8:0101::1",
    "2001::1",  # Teredo
    "2001:db8::1",  # documentation
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused(address: str) -> None:
    assert not may_connect(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"])
def test_a_public_address_is_allowed(address: str) -> None:
    assert may_connect(ipaddress.ip_address(address))


def test_the_operator_allows_ranges_and_nothing_beside_them() -> None:
    allowed = parse_networks(["192.168.1.0/24", " ", "fd00::/8"])
    assert may_connect(ipaddress.ip_address("192.168.1.20"), allowed)
    assert may_connect(ipaddress.ip_address("::ffff:192.168.1.20"), allowed)
    assert may_connect(ipaddress.ip_address("fd00::7"), allowed)
    assert not may_connect(ipaddress.ip_address("192.168.2.20"), allowed)
    assert not may_connect(ipaddress.ip_address("127.0.0.1"), allowed)


def test_a_bad_range_is_an_error_not_a_hole() -> None:
    with pytest.raises(ValueError, match="does not appear"):
        parse_networks(["everything"])


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "017700000001", "localhost"])
def test_other_spellings_of_this_machine_are_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        resolve(host, 80)


def test_only_the_checked_addresses_are_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name with a public and a private address leads to the public one; the refusal names neither."""
    answers = ["10.0.0.5", "93.184.216.34", "169.254.169.254"]

    def lookup(host: str, port: int, **more: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answer, port)) for answer in answers]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    assert resolve("mac.example.com", 1234) == ["93.184.216.34"]
    del answers[1]
    with pytest.raises(AddressRefused) as refusal:
        resolve("mac.example.com", 1234)
    assert "10.0.0.5" not in str(refusal.value)
