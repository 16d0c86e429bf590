"""Which addresses we may connect to: a line's server URL is typed by a customer, not by the operator.

The check runs on the resolved address, at the moment of connecting, and the connection goes to
exactly that address: nothing a name server says later can move it. `ipaddress.is_private` alone
would let 100.64.0.0/10, NAT64, 6to4 and multicast through, so we ask for `is_global` after
unwrapping every form that carries an IPv4 address inside an IPv6 one.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052
_UNICAST6: Final = ipaddress.IPv6Network("2000::/3")  # all that is assigned for the public internet
_SPECIAL4: Final = ipaddress.IPv4Network("192.0.0.0/24")  # RFC 6890; is_global knows a part of it
_COMPATIBLE: Final = ipaddress.IPv6Network("::/96")  # RFC 4291 2.5.5.1, deprecated


class AddressRefused(Exception):
    """The name leads to an address we do not connect to. The text never repeats the address:
    who may not reach a private network need not learn its layout either."""


def parse_networks(ranges: Iterable[str]) -> tuple[Network, ...]:
    """CIDR texts of the operator's allowlist. Raises ValueError on a bad one."""
    return tuple(ipaddress.ip_network(text.strip()) for text in ranges if text.strip())


def may_connect(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """True for a public unicast address, or one inside an allowed network."""
    inner = _unwrap(address)
    if any(candidate in network for network in allowed for candidate in {address, inner}):
        return True
    if isinstance(inner, ipaddress.IPv6Address):
        return inner.is_global and inner in _UNICAST6
    return inner.is_global and not inner.is_multicast and not inner.is_reserved and inner not in _SPECIAL4


def resolve(host: str, port: int, allowed: Iterable[Network] = ()) -> list[str]:
    """The addresses of `host` that we may connect to, in the resolver's order.

    Raises OSError when the name does not resolve, AddressRefused when none of it may be reached.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    texts = dict.fromkeys(str(entry[4][0]) for entry in found)  # ordered, without doubles
    networks = tuple(allowed)
    good = [text for text in texts if may_connect(_parse(text), networks)]
    if not good:
        raise AddressRefused(
            "The server's name leads to a private address. The operator can allow it with GATEWAY_ALLOWED_NETWORKS."
        )
    return good


def _parse(text: str) -> Address:
    return ipaddress.ip_address(text.partition("%")[0])  # fe80::1%eth0


def _unwrap(address: Address) -> Address:
    """The IPv4 address inside a mapped, compatible, NAT64 or 6to4 one; else the address itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
