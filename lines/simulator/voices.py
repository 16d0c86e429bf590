"""What a person can do from their phone towards a line: write, tap back, type."""

from __future__ import annotations

from typing import Final

from lines.simulator.exchange import Exchange
from lines.simulator.habits import habits_of
from lines.simulator.mac import Mac
from lines.simulator.rows import FILE_MARK, Row

File = tuple[str, str, bytes]  # name, mime type, content

VERBS: Final = {
    "love": "Loved",
    "like": "Liked",
    "dislike": "Disliked",
    "laugh": "Laughed at",
    "emphasize": "Emphasized",
    "question": "Questioned",
}


def say(
    exchange: Exchange,
    mac: Mac,
    address: str,
    text: str,
    *,
    service: str = "",
    files: list[File] | None = None,
    at: int | None = None,
) -> Row:
    """A message reaches the line. at: epoch milliseconds, for one that arrives late."""
    show_typing(exchange, mac, address, on=False)
    exchange.heed_keyword(address, text)
    attached = [exchange.keep_file(*file) for file in files or []]
    row = mac.new_row(
        address,
        service or usual_service(mac, address),
        from_me=False,
        created=at,
        text=(FILE_MARK * len(attached) + text) or None,
        delivered=True,
        attachments=attached,
    )
    return mac.add(row)


def tap(mac: Mac, address: str, on: Row, kind: str, *, emoji: str = "", from_me: bool = False) -> Row:
    """A tapback row, with the text Messages writes into it. kind: "love", "-love", "2006", "3006"."""
    row = mac.new_row(
        address,
        on.service,
        from_me=from_me,
        text=_tapback_text(on, kind, emoji),
        delivered=True,
        tapback=kind,
        tapback_on=f"bp:{on.guid}" if on.attachments else f"p:0/{on.guid}",
    )
    return mac.add(row)


def edit_last(mac: Mac, address: str, text: str) -> None:
    said = [row for row in mac.rows_with(address) if not row.from_me and not row.tapback]
    if said:
        said[-1].text, said[-1].edited_at = text, mac.clock.now()
        mac.changed(said[-1])


def show_typing(exchange: Exchange, mac: Mac, address: str, *, on: bool) -> None:
    """Announced to the line; silence is announced only to those who saw it start."""
    who = (mac.name, address)
    if on or who in exchange.typing:
        mac.emit("typing-indicator", {"display": on, "guid": mac.chat_guid(address, "iMessage")}, address)
    if on:
        exchange.typing.add(who)
    else:
        exchange.typing.discard(who)


def usual_service(mac: Mac, address: str) -> str:
    """What the thread last used; a new thread is iMessage where the person has it."""
    rows = mac.rows_with(address)
    if rows:
        return rows[-1].service
    return "iMessage" if habits_of(address).imessage else "SMS"


def _tapback_text(on: Row, kind: str, emoji: str) -> str:
    quoted = f"“{on.words}”" if on.words else "an image"
    name, removed = kind.removeprefix("-"), kind.startswith(("-", "3"))
    if name in VERBS:
        return f"Removed a {name} from {quoted}" if removed else f"{VERBS[name]} {quoted}"
    return f"Removed {emoji} from {quoted}" if removed else f"Reacted {emoji} to {quoted}"
