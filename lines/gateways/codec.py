"""Events to JSON and back: they are stored at the door and applied later, in another process."""

from __future__ import annotations

import enum
import types
import typing
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final

from lines.gateways.events import (
    Event,
    LineEvent,
    MessageReceived,
    MessageStatus,
    Reaction,
    Typing,
)

_KINDS: Final[Mapping[str, type[Event]]] = {
    "message": MessageReceived,
    "status": MessageStatus,
    "reaction": Reaction,
    "typing": Typing,
    "line": LineEvent,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def event_to_json(event: Event) -> dict[str, Any]:
    """`{"event": kind, field: value, …}` of plain JSON values; fields at their default are kept."""
    return {"event": _NAMES[type(event)], **_encode_fields(event)}


def event_from_json(data: Mapping[str, Any]) -> Event:
    """The event that `event_to_json` wrote. Fields it does not know are ignored, absent ones take
    their default, so that rows stored by a neighbouring version stay readable.

    Raises KeyError or ValueError when `data` was never an event.
    """
    decoded = _decode(_KINDS[data["event"]], data)
    assert isinstance(decoded, Event)
    return decoded


def _encode_fields(value: Any) -> dict[str, Any]:
    return {f.name: _encode(getattr(value, f.name)) for f in fields(value)}


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if is_dataclass(value):
        return _encode_fields(value)
    if isinstance(value, tuple | list):
        return [_encode(item) for item in value]
    return value


@cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(hint: Any, value: Any) -> Any:
    """Rebuild `value` as the annotation `hint` says; only the forms our events use."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        present = [argument for argument in arguments if argument is not types.NoneType]
        return None if value is None else _decode(present[0], value)
    if origin is Sequence:
        return tuple(_decode(arguments[0], item) for item in value)
    if isinstance(hint, type) and is_dataclass(hint):
        names = _hints(hint)
        known = {f.name for f in fields(hint)}
        return hint(**{k: _decode(names[k], v) for k, v in value.items() if k in known})
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return hint(value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return value
