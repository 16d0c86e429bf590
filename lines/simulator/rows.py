"""What chat.db holds, and how BlueBubbles writes it down (MessageSerializer of 1.9.9).

Times are epoch milliseconds. `temp_guid`, `went_out` and `route` are the network's own notes: the
first only travels in answers and echoes of a send, the others never.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

FILE_MARK: Final = "\ufffc"  # stands in a text where Messages draws a file


@dataclass(slots=True)
class Attachment:
    guid: str
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None


@dataclass(slots=True)
class Row:
    rowid: int
    guid: str
    address: str  # the other side
    service: str  # "iMessage" or "SMS"
    from_me: bool
    created: int
    text: str | None = None
    error: int = 0
    delivered: bool = False
    delivered_at: int | None = None
    read_at: int | None = None
    edited_at: int | None = None
    retracted_at: int | None = None
    tapback: str | None = None  # "love", "-love", "2006"
    tapback_on: str | None = None  # "p:0/<guid>"
    reply_to: str | None = None
    attachments: list[Attachment] = field(default_factory=list)
    temp_guid: str = ""
    went_out: bool = False  # it reached, or will reach, the other phone
    route: str = ""

    @property
    def words(self) -> str:
        """The text without the marks of its files."""
        return (self.text or "").replace(FILE_MARK, "")

    @property
    def tapback_target(self) -> str:
        return (self.tapback_on or "").replace(":", "/").rpartition("/")[2]


def row_from_json(data: Mapping[str, Any]) -> Row:
    return Row(**{**data, "attachments": [Attachment(**item) for item in data["attachments"]]})


def handle_json(address: str, service: str, number: int) -> dict[str, Any]:
    return {
        "originalROWID": number,
        "address": address,
        "service": service,
        "uncanonicalizedId": None,
        "country": "us",
    }


def attachment_json(item: Attachment, *, outgoing: bool) -> dict[str, Any]:
    return {
        "originalROWID": abs(hash(item.guid)) % 100_000,
        "guid": item.guid,
        "uti": {"image/png": "public.png", "image/jpeg": "public.jpeg", "image/heic": "public.heic"}.get(item.mime, "public.data"),
        "mimeType": item.mime,
        "transferName": item.name,
        "totalBytes": item.size,
        "transferState": 5,
        "isOutgoing": outgoing,
        "hideAttachment": False,
        "isSticker": False,
        "height": item.height,
        "width": item.width,
        "metadata": {},
    }


def message_json(row: Row, *, handle: int, chats: list[dict[str, Any]] | None, attachments: bool) -> dict[str, Any]:
    """The message object. `chats` None leaves the field out, as webhook updates do."""
    data: dict[str, Any] = {
        "originalROWID": row.rowid,
        "guid": row.guid,
        "text": row.text,
        "attributedBody": None,
        "handle": handle_json(row.address, row.service, handle),
        "handleId": handle,
        "otherHandle": 0,
        "attachments": [attachment_json(item, outgoing=row.from_me) for item in row.attachments] if attachments else [],
        "subject": None,
        "error": row.error,
        "dateCreated": row.created,
        "dateRead": row.read_at,
        "dateDelivered": row.delivered_at,
        "isDelivered": row.delivered,
        "isFromMe": row.from_me,
        "itemType": 0,
        "groupTitle": None,
        "groupActionType": 0,
        "balloonBundleId": None,
        "associatedMessageGuid": row.tapback_on,
        "associatedMessageType": row.tapback,
        "threadOriginatorGuid": row.reply_to,
        "hasPayloadData": False,
        "dateEdited": row.edited_at,
        "dateRetracted": row.retracted_at,
        "partCount": max(1, len(row.attachments) + bool(row.text)),
    }
    if chats is not None:
        data["chats"] = chats
    return data
