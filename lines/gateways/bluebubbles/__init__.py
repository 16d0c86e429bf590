"""Adapter for a self-hosted BlueBubbles server (wire facts read at 1.9.9)."""

from lines.gateways.bluebubbles.adapter import BlueBubbles
from lines.gateways.bluebubbles.api import Timeouts

__all__ = ["BlueBubbles", "Timeouts"]
