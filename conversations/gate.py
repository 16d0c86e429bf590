"""The gate: whether a message may leave now, decided under locks at the moment of sending.

The order of the questions is the order of what matters: nobody is messaged after opting out, then nothing leaves
over a line that cannot hear the answer, then limits, then consent. Each answer is one of three: go, wait (with the
reason and the time to look again) or stop (with the reason people read).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.routes import Route, route
from conversations.vocabulary import CancelReason, Direction, FailReason, Hold, Origin, State
from leads import optouts
from leads.models import Company, Lead
from lines import quota
from lines.models import Line

CONSENT_WAIT = timedelta(minutes=1)
"""A safety net only: the consent message releases what waits for it when it has been sent."""

INBOX_WAIT = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Go:
    route: Route


@dataclass(frozen=True, slots=True)
class Wait:
    hold: Hold
    until: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    state: State
    reason: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """Goes over another line: queued again there, where its own gate decides."""

    route: Route


Decision = Go | Wait | Stop | Move


@dataclass(frozen=True, slots=True)
class People:
    """What holds of the people behind a batch, read under their locks."""

    leads: dict[int, Lead]
    excluded_companies: set[int]
    opted_out: set[tuple[int, str]]


def lock_people(messages: list[Message]) -> People:
    """Hold off opt-outs and exclusions of everyone in the batch until this transaction ends, then read them.

    Reading comes after locking: what committed while we waited is seen.
    """
    optouts.hold((message.workspace_id, message.address) for message in messages)
    lead_ids = sorted({message.conversation.lead_id for message in messages if message.conversation.lead_id})
    leads = {
        lead.pk: lead for lead in Lead.objects.filter(pk__in=lead_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    }
    company_ids = {lead.company_id for lead in leads.values() if lead.company_id}
    companies = Company.objects.filter(pk__in=company_ids).order_by("pk").select_for_update(no_key=True)
    opted_out: set[tuple[int, str]] = set()
    for workspace_id in {message.workspace_id for message in messages}:
        values = [message.address for message in messages if message.workspace_id == workspace_id]
        opted_out |= {(workspace_id, value) for value in optouts.standing(workspace_id, values)}
    return People(
        leads=leads,
        excluded_companies={company.pk for company in companies if company.status == Company.Status.EXCLUDED},
        opted_out=opted_out,
    )


def decide(message: Message, line: Line, people: People) -> Decision:
    """Go, wait or stop. Takes a place of the line's daily limit when it says go to a new conversation.

    The caller holds the line, the message and its people (see `conversations.outbox`).
    """
    now = timezone.now()
    if message.expires_at and message.expires_at <= now:
        return Stop(State.FAILED, FailReason.EXPIRED, Hold(message.hold).label)
    if stop := _unwanted(message, people):
        return stop
    chosen = route(message, line)
    if chosen.line != line:
        return Move(chosen)
    automated = message.origin != Origin.PERSON
    if automated and not _inbox_current(line, now):
        return Wait(Hold.INBOX_BEHIND, now + INBOX_WAIT)
    if decision := _consent(message, now):
        return decision
    if message.quota_day != quota.today(line, now) and is_new(message, line, now):
        message.quota_day = quota.take(line)
        if message.quota_day is None:
            return Wait(Hold.NEW_LIMIT, quota.next_day_starts(line, now))
    return Go(chosen)


def _unwanted(message: Message, people: People) -> Stop | None:
    """An opt-out stops everything but what the workspace lets people write themselves; an exclusion, automation."""
    lead = people.leads.get(message.conversation.lead_id or 0)
    by_person = message.origin == Origin.PERSON
    opted_out = (message.workspace_id, message.address) in people.opted_out or bool(lead and lead.opted_out_at)
    if opted_out and not (by_person and message.workspace.reply_to_opted_out):
        return Stop(State.CANCELLED, CancelReason.OPTED_OUT)
    excluded = lead and (lead.status == Lead.Status.EXCLUDED or lead.company_id in people.excluded_companies)
    if excluded and not by_person:
        return Stop(State.CANCELLED, CancelReason.EXCLUDED)
    return None


def _inbox_current(line: Line, now: datetime) -> bool:
    """An automated message may only leave when a STOP that has arrived would have been read."""
    oldest = now - timedelta(seconds=settings.INBOX_CURRENT_SECONDS)
    return line.inbox_current_at is not None and line.inbox_current_at >= oldest


def _consent(message: Message, now: datetime) -> Decision | None:
    """The first message to a contact is preceded by the consent message, where the workspace asks for it (S2-38)."""
    workspace = message.workspace
    if not (workspace.consent_required and workspace.consent_text) or message.origin == Origin.CONSENT:
        return None
    sent = Message.objects.of(workspace).filter(dedupe_key=consent_key(message.conversation)).first()
    if sent and sent.state == State.SENT:
        return None
    if sent and sent.state in (State.FAILED, State.CANCELLED):
        return Stop(State.FAILED, FailReason.CONSENT_FAILED, sent.reason_detail)
    return Wait(Hold.CONSENT, now + CONSENT_WAIT)


def consent_key(conversation: Conversation) -> str:
    return f"consent:{conversation.pk}"


def is_new(message: Message, line: Line, now: datetime) -> bool:
    """Whether this starts a conversation on the line: nothing exchanged with the address for long enough (R17)."""
    since = now - timedelta(days=line.new_after_days)
    exchanged = Q(direction=Direction.INCOMING) | Q(sent_at__isnull=False) | Q(quota_day__isnull=False)
    earlier = Message.objects.filter(exchanged, line=line, address=message.address, at__gte=since)
    return not earlier.exclude(pk=message.pk).exists()
