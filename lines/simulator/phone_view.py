"""What the phones' page shows, as plain values for its templates."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

import phonenumbers

from lines.simulator.habits import describe
from lines.simulator.mac import Mac
from lines.simulator.network import Network
from lines.simulator.rows import Attachment, Row

SIGNS: Final = {"love": "❤️", "like": "👍", "dislike": "👎", "laugh": "😂", "emphasize": "‼️", "question": "❓"}
_SHOWN: Final = 300  # messages of a thread


def page(network: Network, mac: Mac | None, address: str) -> dict[str, Any]:
    thread = _thread(network, mac, address) if mac is not None else None
    return {
        "version": version_of(network, mac, address),
        "phones": _phones(network, mac, address),
        "lines": [{"name": each.name, "address": pretty(each.address)} for each in network.macs.values()],
        "thread": thread,
    }


def version_of(network: Network, mac: Mac | None, address: str) -> str:
    """Changes with everything that the page shows."""
    return f"{network.version}.{int(mac is not None and _we_type(mac, address))}"


def pretty(address: str) -> str:
    try:
        number = phonenumbers.parse(address)
    except phonenumbers.NumberParseException:
        return address
    style = phonenumbers.PhoneNumberFormat
    kind = style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL
    return ("+1 " if number.country_code == 1 else "") + phonenumbers.format_number(number, kind)


def _phones(network: Network, shown: Mac | None, address: str) -> list[dict[str, Any]]:
    """One entry for each person and line that have written to each other, newest first."""
    last: dict[tuple[str, str], Row] = {}
    for mac in network.macs.values():
        for row in mac.rows:
            if not row.tapback and _arrived(row):
                last[mac.name, row.address] = row
    found = []
    for (line, person), row in sorted(last.items(), key=lambda item: item[1].created, reverse=True):
        found.append(
            {
                "url": f"/phones/{line}/{quote(person)}",
                "number": pretty(person),
                "initial": person[-2:] if person.startswith("+") else person[:2].upper(),
                "does": describe(person),
                "line": line.removeprefix("line"),
                "text": row.words.strip() or "Photo",
                "at": _moment(row.created),
                "current": shown is not None and (line, person) == (shown.name, address),
                "unread": _is_new(network, row),
            }
        )
    return found


def _thread(network: Network, mac: Mac, address: str) -> dict[str, Any]:
    rows = [row for row in mac.rows_with(address) if _arrived(row)][-_SHOWN:]
    signs = _signs(rows)
    phone = network.exchange.phone(address)
    messages = [_message(row, signs.get(row.guid, [])) for row in rows if not row.tapback]
    for before, message in zip([None, *messages], messages, strict=False):
        message["new_day"] = before is None or before["day"] != message["day"]
    return {
        "url": f"/phones/{mac.name}/{quote(address)}",
        "number": pretty(address),
        "does": describe(address),
        "line": pretty(mac.address),
        "line_name": mac.name.removeprefix("line"),
        "messages": messages,
        "receipts": phone.receipts,
        "answers": phone.answers,
        "stopped": phone.stopped,
        "typing": _we_type(mac, address),
    }


def _we_type(mac: Mac, address: str) -> bool:
    return mac.typing_until.get(address, 0) > mac.clock.now()


def _message(row: Row, signs: list[str]) -> dict[str, Any]:
    moment = _moment(row.created)
    return {
        "guid": row.guid,
        "mine": not row.from_me,
        "sms": row.service == "SMS",
        "text": row.words.strip(),
        "edited": row.edited_at is not None,
        "at": moment,
        "day": f"{moment:%A} {moment.day} {moment:%B}",
        "files": [_file(item) for item in row.attachments],
        "signs": signs,
        "read_at": _moment(row.read_at) if not row.from_me and row.read_at else None,
    }


def _file(item: Attachment) -> dict[str, Any]:
    return {"url": f"/files/{item.guid}", "name": item.name, "picture": item.mime.startswith("image/")}


def _signs(rows: list[Row]) -> dict[str, list[str]]:
    """Tapbacks by message: the last of each side counts, a removed one is gone."""
    latest: dict[tuple[str, bool], str] = {}
    for row in rows:
        if row.tapback:
            gone = row.tapback.startswith(("-", "3"))
            latest[row.tapback_target, row.from_me] = "" if gone else _sign(row)
    found: dict[str, list[str]] = {}
    for (guid, _), sign in latest.items():
        if sign:
            found.setdefault(guid, []).append(sign)
    return found


def _sign(row: Row) -> str:
    emoji = re.match(r"Reacted (\S+) to ", row.text or "")
    return SIGNS.get(row.tapback or "") or (emoji.group(1) if emoji else "•")


def _arrived(row: Row) -> bool:
    """Whether the phone knows of it: its own, and ours that got through."""
    return not row.from_me or row.tapback is not None or (row.went_out and (row.delivered or row.service == "SMS"))


def _is_new(network: Network, row: Row) -> bool:
    """Not opened yet; a phone without read receipts does not tell."""
    known = row.service == "iMessage" and network.exchange.phone(row.address).receipts
    return row.from_me and known and row.read_at is None


def _moment(millis: int) -> datetime:
    return datetime.fromtimestamp(millis / 1000, UTC).astimezone()
