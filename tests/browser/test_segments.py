"""How many SMS a text takes, as the composer counts it: measured vectors of GSM 03.38 and UCS-2."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.browser

VECTORS = [
    ("", "GSM-7", 0, 0),
    ("a" * 160, "GSM-7", 160, 1),
    ("a" * 161, "GSM-7", 161, 2),
    ("a" * 306, "GSM-7", 306, 2),
    ("a" * 307, "GSM-7", 307, 3),
    ("€" * 80, "GSM-7", 160, 1),
    ("€" * 77, "GSM-7", 154, 1),
    ("€" * 154, "GSM-7", 308, 3),  # 76 a part: a character of two units is not split
    ("ő" * 70, "UCS-2", 70, 1),
    ("ő" * 71, "UCS-2", 71, 2),
    ("ő" * 134, "UCS-2", 134, 2),
    ("ő" * 135, "UCS-2", 135, 3),
    ("😀" * 35, "UCS-2", 70, 1),
    ("😀" * 36, "UCS-2", 72, 2),
    ("It’s", "UCS-2", 4, 1),
    ("café", "GSM-7", 4, 1),
]


def test_segments_follow_the_measured_vectors(live_server: LiveServer, page: Page) -> None:
    page.goto(f"{live_server.url}/static/js/segments.js")  # any page there: it is imported from it
    counted: list[dict[str, Any]] = page.evaluate(
        "async texts => { const m = await import('/static/js/segments.js'); return texts.map(m.segments) }",
        [text for text, *_ in VECTORS],
    )
    wanted = [{"encoding": encoding, "units": units, "segments": segments} for _, encoding, units, segments in VECTORS]
    assert counted == wanted
