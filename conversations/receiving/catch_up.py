"""What webhooks lost: each line's history is read again, and the gateway is asked about messages without an ending.

Gateways post once and forget, so this is how a reply sent while we were away is found, and how a failure that no
webhook ever reports becomes "Not Delivered".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

import structlog
from django.utils import timezone

from conversations.changes import ring_ingest
from conversations.models import Attempt
from conversations.vocabulary import AttemptState
from lines import inbox
from lines.gateways.base import Event, GatewayError
from lines.models import Line
from lines.wire import gateway_of
from workspaces import locks

log = structlog.get_logger(__name__)

OVERLAP = timedelta(minutes=10)
"""How far each reading goes back beyond the last; gateways' clocks and our commits are not in step."""

OUTSTANDING_FOR = timedelta(days=7)
"""How long a message without a receipt is asked about."""

ASK_AT_ONCE = 500
STORE_AT_ONCE = 200


def catch_up(line_id: int) -> bool:
    """Read one line's history since it was last current; False when the gateway could not be asked.

    1. Note the time; everything that arrived before it is stored when this succeeds.
    2. Store what the gateway lists since the last such time, in pieces.
    3. Ask about our messages that have neither receipt nor failure.
    4. Move the line's "inbox current" mark, never back.

    One process reads a line at a time; a second one leaves it alone.
    """
    line = Line.objects.select_related("workspace").filter(pk=line_id).first()
    if line is None:
        return False
    with locks.if_free(f"catch-up:{line_id}") as ours:
        return ours and _read(line)


def _read(line: Line) -> bool:
    started = timezone.now()
    gateway = gateway_of(line)
    try:
        _store(line, gateway.catch_up(_since(line)))
        _store(line, gateway.statuses(_without_ending(line)))
    except GatewayError as error:
        log.warning("catch_up_failed", line=line.public_id, why=str(error))
        return False
    Line.objects.filter(pk=line.pk).update(inbox_current_at=started)
    ring_ingest()
    return True


def _since(line: Line) -> datetime:
    return max(line.created_at, (line.inbox_current_at or line.created_at) - OVERLAP)


def _store(line: Line, events: Iterator[Event]) -> None:
    while piece := list(islice(events, STORE_AT_ONCE)):
        inbox.store(line, piece)


def _without_ending(line: Line) -> list[str]:
    """The gateway's ids of messages it took lately that are neither delivered nor failed; SMS has no receipts."""
    attempts = Attempt.objects.filter(
        line=line,
        state=AttemptState.ACCEPTED,
        read_at=None,
        failed_at=None,
        started_at__gte=timezone.now() - OUTSTANDING_FOR,
    ).exclude(vendor_id="")
    return list(attempts.order_by("-pk").values_list("vendor_id", flat=True)[:ASK_AT_ONCE])
