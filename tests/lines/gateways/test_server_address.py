"""The address of a gateway's server, as somebody enters it."""

from __future__ import annotations

import pytest

from lines.gateways.http import clean_base_url


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("http://192.168.1.20:1234", "http://192.168.1.20:1234"),
        (" https://Mac.Example.com/ ", "https://mac.example.com"),
        ("http://127.0.0.1:8001/line1/", "http://127.0.0.1:8001/line1"),
        ("http://[::1]:1234", "http://[::1]:1234"),
    ],
)
def test_a_server_address_is_tidied(given: str, clean: str) -> None:
    assert clean_base_url(given) == clean


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mac.example.com",
        "ftp://mac.example.com",
        "file:///etc/passwd",
        "http://",
        "http://user:secret@mac.example.com",
        "http://mac.example.com/?password=secret",
        "http://mac.example.com/#x",
        "http://mac.example.com:99999",
        "http://mac.example.com:0",
        "http://exa mple.com",
    ],
)
def test_what_is_no_server_address_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"must|has no|is not"):
        clean_base_url(url)
