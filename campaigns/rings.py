"""After a change commits, the engine is rung; the ring may be lost, for a sweep looks every second."""

from __future__ import annotations

from workspaces import bells


def ring_engine() -> None:
    bells.ring("conversations.tasks.advance_campaigns", expires=10)
