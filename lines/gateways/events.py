"""What a gateway tells us, whether by webhook, by catch-up or by history.

`dedupe_key` is unique per line and event: the same fact heard twice has the same key, so that
storing "once" is a unique index. Times are aware and in UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from lines.gateways.errors import Failure
from lines.gateways.messages import LineHealth, Media
from lines.gateways.vocabulary import Service, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something happened on a line."""

    stored: ClassVar[bool] = True  # False: show it, never write it down

    dedupe_key: str
    occurred_at: datetime
    vendor_message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageReceived(Event):
    """A message exists in the thread. `from_us` marks our side of it.

    From us with `our_key`: the echo of our own send (`our_key` is OutboundMessage.key).
    From us without: either the same send, echoed by a path that forgot the key (its guid is then
    known, or becomes known with the send's answer), or a person typed on the device itself.
    An edit repeats the message with `edited_at` and its new text under another dedupe key.
    """

    sender: str = ""
    recipient: str = ""
    text: str = ""
    service: Service = Service.UNKNOWN
    media: Sequence[Media] = ()
    thread: str = ""
    from_us: bool = False
    our_key: str = ""
    group: bool = False  # from a group chat: `sender` is one of its members
    historical: bool = False  # recovered late: no automatic reply
    edited_at: datetime | None = None
    retracted: bool = False  # unsent by its writer


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageStatus(Event):
    """What became of a message of ours. Facts only ever add up: none takes back an earlier one."""

    state: State = State.UNKNOWN
    our_key: str = ""
    recipient: str = ""
    thread: str = ""
    service: Service = Service.UNKNOWN
    failure: Failure | None = None
    delivered_at: datetime | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction(Event):
    """A tapback was added or removed; `vendor_message_id` is the message it sits on."""

    actor: str = ""
    tapback: str = ""  # a Tapback value, an emoji, or "sticker"
    removed: bool = False
    from_us: bool = False
    thread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing(Event):
    """The contact is (or stopped) typing. For open pages only."""

    stored: ClassVar[bool] = False

    actor: str = ""
    on: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEvent(Event):
    """The gateway says by itself how the line stands."""

    health: LineHealth | None = None


def reply_to_event(event: MessageReceived) -> dict[str, str]:
    """Addresses of an answer (S4-15): the event's sender becomes `to`, its recipient `from`.

    For a message of our own the direction stays: an answer still goes to the contact.
    """
    if event.from_us:
        return {"to": event.recipient, "from": event.sender}
    return {"to": event.sender, "from": event.recipient}
