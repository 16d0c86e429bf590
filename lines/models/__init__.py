from lines.models.events import InboundEvent
from lines.models.line import Line, LineDay, LineSlice

__all__ = ["InboundEvent", "Line", "LineDay", "LineSlice"]
