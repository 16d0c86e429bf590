"""The lines of the demo. Their passwords protect nothing: the network listens on this machine only,
and knows only invented people."""

from __future__ import annotations

from typing import Final

from lines.simulator.network import LineSpec

_ACQUAINTED: Final = (
    *((f"+120255501{number:02}", "iMessage") for number in range(20)),
    *((f"+120255501{number:02}", "SMS") for number in range(60, 70)),
)
"""Who the demo has conversations with, older than the network: a picture can go to them at once, which needs a chat."""

DEMO_LINES: Final = (
    LineSpec("+12025550190", "phone-network-1", _ACQUAINTED),
    LineSpec("+12025550191", "phone-network-2", _ACQUAINTED),
)
