"""The client of a request: its address and its browser."""

from __future__ import annotations

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The client's IP address; None over a unix socket without a trusted proxy.

    X-Forwarded-For counts only as far as TRUSTED_PROXY_COUNT says it may be believed.
    """
    address: str | None = get_client_ip(request)
    return address


def browser_of(agent: str) -> str:
    """A user agent in words: "Firefox on macOS". Good enough to recognise one's own devices by; nothing hangs on it."""
    return f"{_first(BROWSERS, agent)} on {_first(SYSTEMS, agent)}"


# Order matters: each of these also claims to be some of those below it.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for mark, name in names if mark in agent), "an unknown device" if names is SYSTEMS else "A browser")
