"""The door for what gateways tell us: authenticated, limited in size, stored once, and only then answered."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from lines.gateways.base import Event, event_to_json
from lines.models import InboundEvent, Line
from workspaces.secrets import fingerprint

BODY_LIMIT = 1_000_000
"""Bytes of one webhook; attachments are fetched, never posted to us."""


def line_of_token(gateway: str, token: str) -> Line | None:
    """The line whose webhook path this is. Looked up by its fingerprint, so timing tells nothing about the token."""
    lines = Line.objects.select_related("workspace")
    return lines.filter(gateway=gateway, webhook_token_hash=fingerprint(token)).first()


def store(line: Line, events: Iterable[Event]) -> None:
    """Keep each event that is not here yet.

    The unique key (line, dedupe_key) makes this safe to call twice with the same events, from webhooks and from
    catch-up at once.
    """
    now = timezone.now()
    rows = [
        InboundEvent(
            workspace_id=line.workspace_id,
            line=line,
            dedupe_key=event.dedupe_key[:200],
            kind=(payload := event_to_json(event))["event"],
            vendor_message_id=event.vendor_message_id[:200],
            payload=payload,
            received_at=now,
            retry_at=now,
        )
        for event in events
        if event.stored
    ]
    if not rows:
        return
    InboundEvent.objects.bulk_create(rows, ignore_conflicts=True)
    _seen(line, now)


def _seen(line: Line, now: datetime) -> None:
    """Once a second is enough for people, and leaves the row alone for those who send."""
    quiet = Q(last_inbound_at=None) | Q(last_inbound_at__lt=now - timedelta(seconds=1))
    Line.objects.filter(quiet, pk=line.pk).update(last_inbound_at=now)
