"""Files of incoming messages, fetched from the gateway after the message itself is stored."""

from __future__ import annotations

import tempfile
from datetime import timedelta

import structlog
from django.core.files import File
from django.db import transaction
from django.utils import timezone

from conversations.changes import announce
from conversations.models import Attachment
from conversations.sending import signatures
from conversations.sending.contents import FILE_LIMIT
from lines.gateways.base import GatewayError, PermanentError
from lines.wire import gateway_of

log = structlog.get_logger(__name__)

BATCH = 20
MOST_TRIES = 8
NAME_LIMIT = 200  # characters, as many as the column holds
KEEP_IN_MEMORY = 2_000_000  # bytes; larger files go through a temporary file


def fetch_waiting() -> int:
    """Fetch the files that are due for it; how many were tried."""
    due = _take_due()
    for part in due:
        _fetch(part)
    return len(due)


@transaction.atomic
def _take_due() -> list[Attachment]:
    """Take files that are due. Their next try is written first: two workers share the work, and a killed one loses nothing."""
    rows = list(
        Attachment.objects.select_related("message", "message__line")
        .filter(fetch_at__lte=timezone.now())
        .select_for_update(skip_locked=True, of=("self",))
        .order_by("fetch_at")[:BATCH]
    )
    for part in rows:
        part.tries += 1
        part.fetch_at = timezone.now() + timedelta(seconds=10 * 2**part.tries) if part.tries < MOST_TRIES else None
        part.save(update_fields=["tries", "fetch_at"])
    return rows


def _fetch(part: Attachment) -> None:
    line = part.message.line
    if line is None or not part.vendor_id:
        Attachment.objects.filter(pk=part.pk).update(fetch_at=None)
        return
    with tempfile.SpooledTemporaryFile(max_size=KEEP_IN_MEMORY) as buffer:
        try:
            for chunk in gateway_of(line).fetch_attachment(part.vendor_id, max_bytes=FILE_LIMIT):
                buffer.write(chunk)
        except GatewayError as error:
            log.warning("attachment_not_fetched", attachment=part.public_id, why=str(error))
            if isinstance(error, PermanentError):
                Attachment.objects.filter(pk=part.pk).update(fetch_at=None)
            return
        part.size = buffer.tell()
        buffer.seek(0)
        named, kind = signatures.as_it_is(part.filename, part.content_type, buffer.read(signatures.HEAD))
        part.filename, part.content_type = named[-NAME_LIMIT:], kind
        buffer.seek(0)
        part.file.save(part.public_id, File(buffer), save=False)
    part.fetch_at = None
    part.save(update_fields=["file", "filename", "content_type", "size", "fetch_at"])
    announce(part.workspace_id, [part.message.conversation_id])
