"""The gate: whether a message may leave now, decided under locks at the moment of sending.

The order of the questions is the order of what matters: nobody is messaged after opting out, nor by automation after
asking to be removed; then nothing leaves over a line that cannot hear the answer; then the contact's hours, consent,
limits. Each answer is one of three: go, wait (with the reason and the time to look again) or stop (with the reason
people read).
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
from leads import optouts, quiet
from leads.models import Company, Lead, RemovalRequest
from lines import quota
from lines.models import Line

CONSENT_WAIT = timedelta(minutes=1)
"""A safety net only: the consent message releases what waits for it when it has been sent."""

INBOX_WAIT = timedelta(seconds=5)

REMOVAL_WAIT = timedelta(hours=1)
"""A safety net only: who decides about the request releases or cancels what waits."""

ANSWERS_FOR = timedelta(hours=24)
"""How long somebody who wrote may be answered at any hour."""

NOT_AUTOMATED = (Origin.PERSON, Origin.CONSENT, Origin.CONFIRMATION)
"""A person's own message, and the two that only ever accompany one or answer the contact."""


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
    asked_removal: set[tuple[int, str]]  # by address,
    leads_asked_removal: set[int]  # or by lead


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
    requests: list[RemovalRequest] = []
    for workspace_id in {message.workspace_id for message in messages}:
        values = [message.address for message in messages if message.workspace_id == workspace_id]
        opted_out |= {(workspace_id, value) for value in optouts.standing(workspace_id, values)}
        requests += optouts.open_requests(workspace_id, values, leads.keys())
    return People(
        leads=leads,
        excluded_companies={company.pk for company in companies if company.status == Company.Status.EXCLUDED},
        opted_out=opted_out,
        asked_removal={(one.workspace_id, one.value) for one in requests},
        leads_asked_removal={one.lead_id for one in requests if one.lead_id},
    )


def decide(message: Message, line: Line, people: People) -> Decision:
    """Go, wait or stop. Takes a place of the line's daily limit when it says go to a new conversation.

    The caller holds the line, the message and its people (see `conversations.outbox`).
    """
    now = timezone.now()
    if message.expires_at and message.expires_at <= now:
        return Stop(State.FAILED, FailReason.EXPIRED, Hold(message.hold).label)
    if unwanted := _unwanted(message, people, now):
        return unwanted
    chosen = route(message, line)
    if chosen.line != line:
        return Move(chosen)
    if message.origin != Origin.PERSON and not _inbox_current(line, now):
        return Wait(Hold.INBOX_BEHIND, now + INBOX_WAIT)
    if (opens := opening(message, people, now)) > now:
        return Wait(Hold.QUIET_HOURS, opens)
    if decision := _consent(message, now):
        return decision
    if message.quota_day != quota.today(line, now) and is_new(message, line, now):
        message.quota_day = quota.take(line)
        if message.quota_day is None:
            return Wait(Hold.NEW_LIMIT, quota.next_day_starts(line, now))
    return Go(chosen)


def _unwanted(message: Message, people: People, now: datetime) -> Stop | Wait | None:
    """An opt-out stops everything but what the workspace lets people write themselves; an exclusion, automation.

    A removal request that nobody has judged holds automation (R4). The confirmation of an opt-out needs one to confirm.
    """
    lead = people.leads.get(message.conversation.lead_id or 0)
    by_person = message.origin == Origin.PERSON
    person = (message.workspace_id, message.address)
    opted_out = person in people.opted_out or bool(lead and lead.opted_out_at)
    if message.origin == Origin.CONFIRMATION:
        return None if person in people.opted_out else Stop(State.CANCELLED, CancelReason.NOT_NEEDED)
    if opted_out and not (by_person and message.workspace.reply_to_opted_out):
        return Stop(State.CANCELLED, CancelReason.OPTED_OUT)
    excluded = lead and (lead.status == Lead.Status.EXCLUDED or lead.company_id in people.excluded_companies)
    if excluded and not by_person:
        return Stop(State.CANCELLED, CancelReason.EXCLUDED)
    asked_removal = person in people.asked_removal or bool(lead and lead.pk in people.leads_asked_removal)
    if asked_removal and message.origin not in NOT_AUTOMATED:
        return Wait(Hold.REMOVAL, now + REMOVAL_WAIT)
    return None


def opening(message: Message, people: People, now: datetime) -> datetime:
    """From when on an automated message may leave, by the hours where the contact is; `now` when it may at once.

    Who wrote within the last day may be answered at any hour; a campaign step is no answer.
    """
    if message.origin in NOT_AUTOMATED:
        return now
    lead = people.leads.get(message.conversation.lead_id or 0)
    opens = quiet.opening(message.address, lead.time_zone if lead else "", message.workspace, now)
    if opens > now and message.origin != Origin.CAMPAIGN and _wrote_lately(message, now):
        return now
    return opens


def _wrote_lately(message: Message, now: datetime) -> bool:
    said = Message.objects.filter(conversation_id=message.conversation_id, direction=Direction.INCOMING)
    return said.filter(at__gte=now - ANSWERS_FOR).exists()


def _inbox_current(line: Line, now: datetime) -> bool:
    """An automated message may only leave when a STOP that has arrived would have been read."""
    oldest = now - timedelta(seconds=settings.INBOX_CURRENT_SECONDS)
    return line.inbox_current_at is not None and line.inbox_current_at >= oldest


def _consent(message: Message, now: datetime) -> Decision | None:
    """The first message to a contact is preceded by the consent message, where the workspace asks for it (S2-38)."""
    workspace = message.workspace
    if not (workspace.consent_required and workspace.consent_text) or message.origin in (Origin.CONSENT, Origin.CONFIRMATION):
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
