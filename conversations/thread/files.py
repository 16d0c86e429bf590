"""Which attachments a browser may show in the page. Everything else is only ever downloaded."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from conversations.models import Attachment

PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
VIDEOS: Final = frozenset({"video/mp4", "video/webm", "video/quicktime"})


class Shown(StrEnum):
    PICTURE = "picture"
    VIDEO = "video"
    FILE = "file"
    COMING = "coming"  # the gateway has it; we are fetching it
    LOST = "lost"  # the gateway no longer had it


def shown_as(attachment: Attachment) -> Shown:
    if not attachment.file:
        return Shown.COMING if attachment.fetch_at else Shown.LOST
    if attachment.content_type in PICTURES:
        return Shown.PICTURE
    return Shown.VIDEO if attachment.content_type in VIDEOS else Shown.FILE
