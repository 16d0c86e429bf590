"""The lines of the demo. Their passwords protect nothing: the network listens on this machine only,
and knows only invented people."""

from __future__ import annotations

from typing import Final

from lines.simulator.network import LineSpec

DEMO_LINES: Final = (
    LineSpec("+12025550190", "phone-network-1"),
    LineSpec("+12025550191", "phone-network-2"),
)
