"""Ringing the engine after a change commits. A ring may be lost: a sweep looks every second."""

from __future__ import annotations

from workspaces import bells


def ring_engine() -> None:
    bells.ring("conversations.tasks.advance_campaigns", expires=10)
