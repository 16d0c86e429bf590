"""What a worker does with checks."""

from __future__ import annotations

from leads.checks import working


def check_on() -> None:
    for _ in range(20):
        working.drain()
