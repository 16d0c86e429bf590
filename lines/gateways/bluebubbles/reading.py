"""Reading: history, one message, where ours stand, what was missed, and "did this go out?"."""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from lines.gateways.bluebubbles.answers import result_of
from lines.gateways.bluebubbles.api import Api, in_path
from lines.gateways.bluebubbles.chats import same_address
from lines.gateways.bluebubbles.failures import line_failure
from lines.gateways.bluebubbles.files import sent_stems
from lines.gateways.bluebubbles.rows import Row, UnreadableRow, read_row
from lines.gateways.bluebubbles.translate import events_of, status_of
from lines.gateways.errors import TransientError
from lines.gateways.events import Event, MessageStatus
from lines.gateways.messages import OutboundMessage, SendResult
from lines.gateways.vocabulary import Service

log = logging.getLogger(__name__)

PAGE: Final = 500
_MOST_PAGES: Final = 200  # 100,000 messages: a bound, not a goal
_CLOCKS_DIFFER: Final = timedelta(seconds=10)
_OLD_NEWS: Final = timedelta(minutes=5)  # recovered later than this, it gets no automatic reply
_APPLE_EPOCH: Final = datetime(2001, 1, 1, tzinfo=UTC)
_WITH: Final = ["chats", "attachments"]


def fetch(api: Api, guid: str, *, own_address: str) -> Sequence[Event]:
    envelope = api.read("GET", f"message/{in_path(guid)}", **{"with": "chats,attachments"})
    if envelope.status == 404:
        return ()
    return tuple(event for row in _rows([envelope.data]) for event in events_of(row, own_address=own_address))


def history(api: Api, chat: str, *, own_address: str, since: datetime | None, limit: int) -> Sequence[Event]:
    params = {"limit": str(limit), "offset": "0", "sort": "DESC", "with": "attachment"}
    if since is not None:
        params["after"] = str(_millis(since))
    envelope = api.read("GET", f"chat/{in_path(chat)}/message", **params)
    if envelope.status == 404:
        return ()
    rows = sorted(_rows(envelope.data, chat), key=lambda row: row.created)
    return tuple(event for row in rows for event in events_of(row, own_address=own_address))


def statuses(api: Api, guids: Collection[str]) -> Iterator[MessageStatus]:
    wanted = list(dict.fromkeys(guids))
    for start in range(0, len(wanted), PAGE):
        batch = wanted[start : start + PAGE]
        where = {"statement": "message.guid IN (:...guids)", "args": {"guids": batch}}
        for row in _query(api, {"where": [where]}):
            if row.from_me and not row.tapback:
                yield status_of(row)


def catch_up(api: Api, since: datetime, *, own_address: str, now: datetime) -> Iterator[Event]:
    """Messages created since, oldest first, then receipts that came since for older ones."""
    seen: set[str] = set()
    for row in _query(api, {"after": _millis(since)}):
        seen.add(row.guid)
        yield from events_of(row, own_address=own_address, historical=now - row.created > _OLD_NEWS)
    for row in _late_receipts(api, since):
        if row.guid not in seen:
            yield status_of(row)


def _late_receipts(api: Api, since: datetime) -> Iterator[Row]:
    """By conditions over chat.db's own times: nanoseconds since 2001. They were read in the
    server's source, not tried on every macOS; a server that refuses them is asked about each
    outstanding message by its guid anyway (`statuses`)."""
    moment = int((since - _APPLE_EPOCH) / timedelta(microseconds=1)) * 1000
    for column in ("date_read", "date_delivered"):
        where = {"statement": f"message.is_from_me = 1 AND message.{column} >= :t", "args": {"t": moment}}
        try:
            yield from list(_query(api, {"where": [where]}))
        except TransientError as error:
            if error.failure.vendor_code not in ("400", "500"):
                raise
            log.warning("late_receipts_refused", extra={"column": column, "detail": error.failure.detail})


def find(api: Api, message: OutboundMessage, *, not_before: datetime, exclude: Collection[str]) -> SendResult | None:
    """The earliest row that this message can be.

    The whole line is searched, not one chat: asked for a chat it does not know, the server answers
    with an empty list, which would look like proof of absence.
    """
    for row in _query(api, {"after": _millis(not_before - _CLOCKS_DIFFER)}):
        if row.guid not in exclude and is_same(row, message):
            return result_of(row, message.service)
    return None


def is_same(row: Row, message: OutboundMessage) -> bool:
    """From us, to the same address, by the same service, with the same content."""
    if not row.from_me or row.tapback or row.item_type or not same_address(row.peer, message.to):
        return False
    if message.service is Service.SMS and row.service is Service.IMESSAGE:
        return False  # an earlier iMessage of the same words is not the SMS that followed it
    if message.media:
        names = {PurePath(medium.filename).stem for medium in row.media}
        return bool(names & sent_stems(message))
    return not row.media and _essence(row.text) == _essence(message.text)


def _essence(text: str) -> str:
    """What the server compares: letters and digits only. A text of none (an emoji) is compared
    whole, without spaces and without the selectors that only choose how an emoji is drawn."""
    letters = "".join(character for character in text if character.isalnum())
    if letters:
        return letters
    plain = unicodedata.normalize("NFC", text)
    return "".join(c for c in plain if not c.isspace() and c not in "\ufe0e\ufe0f")


def _query(api: Api, body: dict[str, Any]) -> Iterator[Row]:
    """All rows of a message query, oldest first, page by page."""
    for page in range(_MOST_PAGES):
        asked = {"with": _WITH, "sort": "ASC", **body, "offset": page * PAGE, "limit": PAGE}
        found = api.read("POST", "message/query", body=asked).data
        if not isinstance(found, list):
            raise TransientError(line_failure("200", "BlueBubbles answered a query without a list."))
        yield from _rows(found)
        if len(found) < PAGE:
            return
    raise TransientError(line_failure("query", "There are too many messages to look through."))


def _rows(found: object, chat: str = "") -> Iterator[Row]:
    """Readable rows; a single odd one must not hide the others."""
    for item in found if isinstance(found, list) else ():
        try:
            yield read_row(item, chat_guid=chat)
        except UnreadableRow:
            log.warning("unreadable_row", extra={"vendor": "bluebubbles"})


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
