from lines.models.events import InboundEvent
from lines.models.line import Line, LineDay, LineHour

__all__ = ["InboundEvent", "Line", "LineDay", "LineHour"]
