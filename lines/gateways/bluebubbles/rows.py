"""A BlueBubbles message object, read once into a typed row.

The same object comes back from a send, in a webhook, from a query and from history; parts are
missing in some of them (webhook updates have no `chats`, outgoing rows may have no `handle`).
Field names: MessageSerializer of BlueBubbles 1.9.9. Times are epoch milliseconds, UTC.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lines.gateways.messages import Media
from lines.gateways.vocabulary import Service, State

LATEST: Final = datetime(
    3000, 1, 1, tzinfo=UTC
)  # later values are not real dates, and some time zones could not show the last of them
LARGEST: Final = 2**62  # bytes
MAX_ID: Final = 120  # guids are UUIDs, at most with a short prefix; longer is not theirs

_SERVICES: Final = {"imessage": Service.IMESSAGE, "sms": Service.SMS, "rcs": Service.RCS}
_GROUP_STYLE: Final = 43  # chat.style: 43 group, 45 one person
_ATTACHMENT_MARK: Final = "\ufffc"  # stands in the text where Messages draws a file


class UnreadableRow(ValueError):
    """The object is not a message as BlueBubbles writes it."""


@dataclass(frozen=True, slots=True)
class Row:
    guid: str
    text: str
    peer: str  # the other side's address; "" when the object does not tell
    service: Service
    chat_guid: str
    group: bool
    from_me: bool
    error: int
    created: datetime
    delivered_at: datetime | None
    delivered: bool
    read_at: datetime | None
    edited_at: datetime | None
    retracted_at: datetime | None
    temp_guid: str
    item_type: int  # 0 a message; others are group events
    tapback: str  # "", "love", "-love", "2006", …
    tapback_on: str  # guid of the message a tapback sits on
    media: tuple[Media, ...]

    @property
    def state(self) -> State:
        """Of an outgoing row, by the fact sheet's rule; SMS rows stay SENT for ever."""
        if self.error:
            return State.FAILED
        if self.read_at:
            return State.READ
        return State.DELIVERED if self.delivered or self.delivered_at else State.SENT


def read_row(data: object, *, chat_guid: str = "") -> Row:
    """`chat_guid`: the chat the object was found in, when the object itself may not say.

    Raises UnreadableRow.
    """
    if not isinstance(data, Mapping):
        raise UnreadableRow("not an object")
    handle = _mapping(data.get("handle"))
    chat = _first_chat(data.get("chats"))
    found_in = text_of(chat.get("guid")) or chat_guid
    return Row(
        guid=_guid(data),
        text=text_of(data.get("text")).replace(_ATTACHMENT_MARK, "").strip(),
        peer=_peer(handle, chat, found_in),
        service=service_of(text_of(handle.get("service")), found_in),
        chat_guid=found_in,
        group=chat.get("style") == _GROUP_STYLE or ";+;" in found_in,
        from_me=data.get("isFromMe") is True,
        error=_number(data.get("error")),
        created=_moment(data.get("dateCreated")) or datetime.fromtimestamp(0, UTC),
        delivered_at=_moment(data.get("dateDelivered")),
        delivered=data.get("isDelivered") is True,
        read_at=_moment(data.get("dateRead")),
        edited_at=_moment(data.get("dateEdited")),
        retracted_at=_moment(data.get("dateRetracted")),
        temp_guid=text_of(data.get("tempGuid"))[:MAX_ID],
        item_type=_number(data.get("itemType")),
        tapback=_tapback(data.get("associatedMessageType")),
        tapback_on=re.split(r"[/:]", text_of(data.get("associatedMessageGuid")))[-1][:MAX_ID],
        media=tuple(_media(item) for item in _list(data.get("attachments")) if isinstance(item, Mapping)),
    )


def service_of(handle_service: str, chat_guid: str) -> Service:
    """From the handle, else from the chat's guid; "any" (macOS 26) says nothing."""
    for name in (handle_service, chat_guid.partition(";")[0]):
        if service := _SERVICES.get(name.lower()):
            return service
    return Service.UNKNOWN


def text_of(value: object) -> str:
    """`value` as text that PostgreSQL can store: without NUL and halves of surrogate pairs."""
    if not isinstance(value, str):
        return ""
    if value.isprintable():  # neither is in it
        return value
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _guid(data: Mapping[str, Any]) -> str:
    guid = text_of(data.get("guid"))
    if not 0 < len(guid) <= MAX_ID:
        raise UnreadableRow("has no guid")
    return guid


def _peer(handle: Mapping[str, Any], chat: Mapping[str, Any], chat_guid: str) -> str:
    """The handle, else the chat: outgoing rows may come without a handle."""
    address = text_of(handle.get("address")) or text_of(chat.get("chatIdentifier"))
    if not address and ";-;" in chat_guid:
        address = chat_guid.rpartition(";-;")[2]
    return address[:254]


def _first_chat(value: object) -> Mapping[str, Any]:
    return _mapping(_list(value)[0]) if _list(value) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _number(value: object) -> int:
    """A small number, or 0."""
    if isinstance(value, bool) or not isinstance(value, int):
        return 0
    return value if abs(value) < 1_000_000 else 0


def _moment(value: object) -> datetime | None:
    """Epoch milliseconds to a time; absent, zero and absurd values are None."""
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    try:
        moment = datetime.fromtimestamp(value / 1000, UTC)
    except (OverflowError, ValueError, OSError):
        return None
    return moment if moment < LATEST else None


def _tapback(value: object) -> str:
    """A name, or a bare number for types the server's map lacks; both as text."""
    return text_of(str(value) if isinstance(value, int) and not isinstance(value, bool) and value else value)[:40]


def _media(item: Mapping[str, Any]) -> Media:
    size = item.get("totalBytes")
    return Media(
        filename=text_of(item.get("transferName"))[:255] or "attachment",
        content_type=text_of(item.get("mimeType"))[:120] or "application/octet-stream",
        size=size if isinstance(size, int) and 0 <= size < LARGEST else None,
        vendor_id=text_of(item.get("guid"))[:MAX_ID],
    )
