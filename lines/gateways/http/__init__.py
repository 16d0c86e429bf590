"""HTTP to gateways: the only package that imports httpx.

What it promises:

* It connects only where `guard` allows, and to the very address that was checked.
* No redirects, no cookies, no proxies from the environment: requests go over our own connections
  or a bare connection pool, which have none of that. Nor do they have httpx's log line, which
  prints whole URLs, the password of a BlueBubbles server included.
* Every request has one deadline over everything: connection, handshake, headers, body.
* It says whether the request may have reached the server: NotSent or MaybeSent.
"""

from __future__ import annotations

from lines.gateways.http import connections, keepalive
from lines.gateways.http.exchanging import MAX_ANSWER, exchange
from lines.gateways.http.outcomes import Answer, Files, HttpError, MaybeSent, NotSent, Stream, TooLarge
from lines.gateways.http.places import clean_base_url
from lines.gateways.http.redacting import redactor
from lines.gateways.http.streaming import stream

__all__ = [
    "MAX_ANSWER",
    "Answer",
    "Files",
    "HttpError",
    "MaybeSent",
    "NotSent",
    "Stream",
    "TooLarge",
    "clean_base_url",
    "close_connections",
    "exchange",
    "redactor",
    "stream",
]


def close_connections() -> None:
    """Close what is kept alive; the next request connects again."""
    connections.close_all()
    keepalive.close_all()
