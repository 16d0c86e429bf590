"""Addresses of servers: taken apart for a connection, and judged when somebody types one."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache, lru_cache
from urllib.parse import urlsplit

import httpx

from lines.gateways.http.outcomes import NotSent


@dataclass(frozen=True, slots=True)
class Place:
    """An address, taken apart for the connection and for the request."""

    host: str
    port: int
    secure: bool
    netloc: bytes  # as the Host header has it
    path: bytes


@lru_cache(maxsize=2048)
def place_of(url: str) -> Place:
    """Raises NotSent."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise NotSent(f"The request cannot be written: {type(error).__name__}.") from None
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise NotSent("The request cannot be written: it has no server.")
    secure = parsed.scheme == "https"
    host = parsed.raw_host.decode("ascii")
    return Place(host, parsed.port or (443 if secure else 80), secure, parsed.netloc, parsed.raw_path)


@cache
def certificates() -> ssl.SSLContext:
    """The usual certificate authorities, or those of SSL_CERT_FILE."""
    return httpx.create_ssl_context()


def clean_base_url(url: str) -> str:
    """`https://host:port/path` without a trailing slash; ValueError says what is wrong with it."""
    url = url.strip()
    if any(character.isspace() or not character.isprintable() for character in url):
        raise ValueError("must not hold spaces")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError("must start with http:// or https://")
    if not parts.hostname:
        raise ValueError("has no host name")
    if parts.username or parts.password:
        raise ValueError("must not hold a user name or password")
    if parts.query or parts.fragment:
        raise ValueError("must not hold a question mark or a hash")
    try:
        usable = parts.port != 0 and bool(httpx.URL(url).host)
    except (ValueError, httpx.InvalidURL):
        usable = False
    if not usable:
        raise ValueError("is not an address")
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path.rstrip('/')}"
