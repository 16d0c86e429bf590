"""Rows to events, with the dedupe keys of section B of the fact sheet.

| event | key |
|---|---|
| message | `m:{guid}` |
| echo of our send that still knows our key | `m:{guid}:{tempGuid}`: it tells more than its twin |
| edit, unsend | `m:{guid}:edited:{ms}`, `m:{guid}:retracted:{ms}` |
| status | `s:{guid}:{state}:{dateRead, dateDelivered or error}`; with tempGuid `s:{guid}:sent:{tempGuid}` |
| tapback | `r:{its own guid}` |

Each send is echoed twice, with and without tempGuid, in any order; receipts arrive as updates or,
after an hour, as a second "new" message. Hence one row gives all events it holds, every time, and
the keys do the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from lines.gateways.bluebubbles.failures import apple_failure
from lines.gateways.bluebubbles.rows import Row
from lines.gateways.events import Event, MessageReceived, MessageStatus, Reaction
from lines.gateways.vocabulary import State, Tapback

# Bare numbers appear for types the server's map lacks; 3000 and up remove.
_NUMBERED: Final = dict(zip(range(2000, 2006), Tapback, strict=True))
_EMOJI: Final = re.compile(r"Reacted (\S+) to |Removed (?:an? )?(\S+) (?:reaction )?from ")


def events_of(row: Row, *, own_address: str = "", historical: bool = False) -> Iterator[Event]:
    """Everything one full row (with its chats) tells."""
    if row.item_type:
        return  # names, members and pictures of groups
    if row.tapback:
        yield reaction_of(row)
        return
    yield message_of(row, own_address=own_address, historical=historical)
    if row.from_me:
        yield status_of(row)


def updates_of(row: Row, *, own_address: str = "") -> Iterator[Event]:
    """The events of an update. It carries no chats, so an incoming message is an event only when it was edited."""
    if row.item_type or row.tapback:
        return
    if row.from_me:
        yield status_of(row)
    elif row.edited_at or row.retracted_at:
        yield message_of(row, own_address=own_address)


def message_of(row: Row, *, own_address: str = "", historical: bool = False) -> MessageReceived:
    changed_at = row.retracted_at or row.edited_at
    sender, recipient = (own_address, row.peer) if row.from_me else (row.peer, own_address)
    return MessageReceived(
        dedupe_key=_message_key(row, changed_at),
        occurred_at=row.created,
        vendor_message_id=row.guid,
        sender=sender,
        recipient=recipient,
        text=row.text,
        service=row.service,
        media=row.media,
        thread=row.chat_guid,
        from_us=row.from_me,
        our_key=row.temp_guid if row.from_me else "",
        group=row.group,
        historical=historical,
        edited_at=changed_at,
        retracted=row.retracted_at is not None,
    )


def status_of(row: Row) -> MessageStatus:
    state = row.state
    delivered_at = row.delivered_at
    if delivered_at is None and row.delivered and not row.error:
        delivered_at = row.created  # delivered without a date: certainly not earlier than this
    return MessageStatus(
        dedupe_key=_status_key(row, state),
        occurred_at=_status_time(row, state),
        vendor_message_id=row.guid,
        state=state,
        our_key=row.temp_guid,
        recipient=row.peer,
        thread=row.chat_guid,
        service=row.service,
        failure=apple_failure(row.error, row.service) if row.error else None,
        delivered_at=delivered_at,
        read_at=row.read_at,
    )


def reaction_of(row: Row) -> Reaction:
    tapback, removed = _tapback(row.tapback, row.text)
    return Reaction(
        dedupe_key=f"r:{row.guid}",
        occurred_at=row.created,
        vendor_message_id=row.tapback_on,
        actor="" if row.from_me else row.peer,
        tapback=tapback,
        removed=removed,
        from_us=row.from_me,
        thread=row.chat_guid,
    )


def _message_key(row: Row, changed_at: datetime | None) -> str:
    if row.from_me and row.temp_guid:
        return f"m:{row.guid}:{row.temp_guid}"
    if changed_at is None:
        return f"m:{row.guid}"
    return f"m:{row.guid}:{'retracted' if row.retracted_at else 'edited'}:{_millis(changed_at)}"


def _status_key(row: Row, state: State) -> str:
    if state is State.SENT and row.temp_guid:
        return f"s:{row.guid}:sent:{row.temp_guid}"
    if state is State.FAILED:
        return f"s:{row.guid}:failed:{row.error}"
    moment = row.read_at or row.delivered_at
    return f"s:{row.guid}:{state}:{_millis(moment) if moment else 0}"


def _status_time(row: Row, state: State) -> datetime:
    if state is State.READ and row.read_at:
        return row.read_at
    if state is State.DELIVERED and row.delivered_at:
        return row.delivered_at
    return row.created


def _tapback(kind: str, text: str) -> tuple[str, bool]:
    """(a Tapback value, an emoji or "sticker"; whether it was taken off).

    An emoji tapback has only a number and a text such as `Reacted 👍 to “…”`.
    """
    removed, name = kind.startswith("-"), kind.removeprefix("-")
    if not name.isdecimal():
        return name[:20], removed
    number = int(name)
    removed = removed or number >= 3000
    base = number - 1000 if number >= 3000 else number
    if base in _NUMBERED:
        return _NUMBERED[base], removed
    if base == 2007:
        return "sticker", removed
    found = _EMOJI.match(text)
    return (found.group(1) or found.group(2) if found else name)[:20], removed


def _millis(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
