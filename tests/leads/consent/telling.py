"""What contacts say and senders do in these tests, and what the ledger has of it."""

from __future__ import annotations

import uuid
import zoneinfo
from datetime import datetime

from django.utils import timezone

from conversations.models import Attempt, Message
from conversations.receiving import ingest
from conversations.sending import outbox, record
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Company, ConsentEvent, Lead
from lines import inbox
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import InboundEvent, Line
from tests.core import heard
from workspaces.models import Workspace

Kind = ConsentEvent.Kind
NUMBER, OTHER = "+12025550101", "+12025550102"


def lead_at(line: Line, *values: str, company: Company | None = None, awake: bool = True) -> Lead:
    """A lead; `awake`: it is noon where they are, else midnight."""
    lead = add_lead(line.workspace, name="Priya Raman", addresses=[normalise(one, region="US") for one in values], company=company)
    Lead.objects.filter(pk=lead.pk).update(time_zone=where_it_is(12 if awake else 0))
    lead.refresh_from_db()
    return lead


def where_it_is(hour: int) -> str:
    """A zone whose clock shows that hour now."""
    now = timezone.now()
    names = (f"Etc/GMT{shift:+d}" for shift in range(-14, 13))
    return next(name for name in names if now.astimezone(zoneinfo.ZoneInfo(name)).hour == hour)


def tell(line: Line, text: str, sender: str = NUMBER, at: datetime | None = None) -> None:
    inbox.store(line, [heard(text, sender, **({"occurred_at": at} if at else {}))])
    InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
    ingest.apply_batch()
    assert not InboundEvent.objects.exclude(error="").exists()


def claim() -> list[Message]:
    claims, _ = outbox.claim(1, room=32)
    return [Attempt.objects.get(pk=one.attempt_id).message for one in claims]


def send(*messages: Message) -> None:
    for message in messages:
        attempt = message.attempts.get()
        record.accepted(attempt.pk, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))


def ledger(workspace: Workspace) -> list[tuple[str, str, str, str]]:
    rows = ConsentEvent.objects.of(workspace).order_by("pk")
    return [(row.kind, row.value, row.source, row.rule) for row in rows]


def held(message: Message) -> tuple[str, str]:
    message.refresh_from_db()
    return message.state, message.hold
