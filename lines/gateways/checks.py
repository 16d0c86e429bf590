"""Input checks shared by every adapter: nothing touches the network before these pass (S4-24)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Final

from lines.gateways.errors import InvalidRequest
from lines.gateways.messages import Media, OutboundMessage
from lines.gateways.vocabulary import FallbackWhen, Service, Tapback

MAX_TEXT: Final = 20_000  # characters; the hosted vendors stop just below, the Mac far above
MAX_HISTORY: Final = 1_000

_E164: Final = re.compile(r"\+[1-9]\d{6,14}\Z")
_UNSENDABLE: Final = re.compile("[\x00\ud800-\udfff]")  # NUL, and halves of surrogate pairs
_EMAIL: Final = re.compile(r"[^@\s<>\"']{1,64}@[^@\s<>\"']{1,190}\.[^@\s<>\"'.]{2,}\Z")


def require_phone(field: str, value: object) -> None:
    if not isinstance(value, str) or not _E164.match(value):
        raise InvalidRequest(field, "must be a phone number in E.164 form, such as +12025550100")


def require_address(field: str, value: object) -> None:
    """E.164 (S4-07) or an email address, which iMessage knows too."""
    if isinstance(value, str) and "@" in value:
        if not _EMAIL.match(value):
            raise InvalidRequest(field, "is not an email address")
        return
    require_phone(field, value)


def require_text(field: str, value: object) -> None:
    if not isinstance(value, str):
        raise InvalidRequest(field, "must be text")
    if len(value) > MAX_TEXT:
        raise InvalidRequest(field, f"is longer than {MAX_TEXT} characters")
    if _UNSENDABLE.search(value):
        raise InvalidRequest(field, "holds characters that cannot be sent")


def require_tapback(field: str, value: object) -> None:
    if value not in set(Tapback):
        raise InvalidRequest(field, "must be one of " + ", ".join(Tapback))


def require_limit(field: str, value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_HISTORY:
        raise InvalidRequest(field, f"must be a whole number from 1 to {MAX_HISTORY}")


def require_id(field: str, value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise InvalidRequest(field, "is required")


def require_key(field: str, value: object) -> None:
    try:
        uuid.UUID(value if isinstance(value, str) else "")
    except ValueError:
        raise InvalidRequest(field, "must be a UUID") from None


def require_aware(field: str, value: datetime) -> None:
    if value.tzinfo is None:
        raise InvalidRequest(field, "must be a time with its zone")


def require_message(message: OutboundMessage, *, uploads: bool) -> None:
    """A message fit to be sent (S4-07, S4-08, S4-11, S4-12).

    `uploads`: this gateway takes files as bytes, so every medium needs a path; else a https URL.
    """
    require_key("key", message.key)
    require_address("to", message.to)
    require_text("text", message.text)
    if not message.text.strip() and not message.media:
        raise InvalidRequest("text", "is required unless a file is attached")
    if not isinstance(message.service, Service):
        raise InvalidRequest("service", "must be one of " + ", ".join(Service))
    if message.service is Service.SMS and "@" in message.to:
        raise InvalidRequest("to", "must be a phone number: SMS does not reach email addresses")
    _require_fallback(message.fallback)
    if message.fallback_from:
        require_phone("fallback_from", message.fallback_from)
    for index, medium in enumerate(message.media):
        _require_medium(f"media[{index}]", medium, uploads=uploads)


def _require_fallback(conditions: Collection[FallbackWhen]) -> None:
    for condition in conditions:
        if condition not in set(FallbackWhen):
            raise InvalidRequest("fallback", "must hold only " + ", ".join(FallbackWhen))


def _require_medium(field: str, medium: Media, *, uploads: bool) -> None:
    if not medium.filename or "/" in medium.filename or "\\" in medium.filename:
        raise InvalidRequest(f"{field}.filename", "must be a plain file name")
    if uploads and not medium.path:
        raise InvalidRequest(f"{field}.path", "is required: this line uploads files")
    if not uploads and not medium.url.startswith("https://"):
        raise InvalidRequest(f"{field}.url", "must be a public https address")
