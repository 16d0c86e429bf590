"""The gate: whether a message may leave now, decided under locks at the moment of sending.

The questions are asked in the order of what matters most: nobody is messaged after opting out, nor by automation after
asking to be removed; then nothing leaves over a line that cannot hear the answer; then come the contact's hours, limits and
consent. The answer is go, wait (why, and when to look again), stop (with the reason that people read), or move to another line.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from conversations.models import Message
from conversations.sending import consents, hours
from conversations.sending.facts import Facts
from conversations.sending.people import People
from conversations.sending.routes import Route, route
from conversations.sending.stopping import cancel_reason
from conversations.vocabulary import NOT_AUTOMATED, CancelReason, FailReason, Hold, Origin, State
from leads.models import Lead
from leads.windows import Closed
from lines.models import Line

CONSENT_WAIT = timedelta(minutes=1)
"""A safety net only: the consent message releases what waits for it when it has been sent."""

INBOX_WAIT = timedelta(seconds=5)

PAUSE_WAIT = timedelta(hours=1)
"""A safety net only: what waits is released when campaign, enrolment or batch is resumed."""

AGAIN_WAIT = timedelta(minutes=5)
"""A failed step's message that is sent again follows no step any more, so that a resumed campaign does not release it."""

REMOVAL_WAIT = timedelta(hours=1)
"""A safety net only: who decides about the request releases or cancels what waits."""


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
    """It goes over another line: it is queued again there, and the gate decides anew."""

    route: Route


Decision = Go | Wait | Stop | Move


def decide(message: Message, line: Line, facts: Facts) -> Decision:
    """Go, wait, stop or move. When it says go, the message's places under the limits are taken.

    The caller has locked the line, the message and its people (see `conversations.sending.outbox`).
    """
    now = facts.now
    if message.expires_at and message.expires_at <= now:
        return Stop(State.FAILED, FailReason.EXPIRED, Hold(message.hold).label)
    if unwanted := _unwanted(message, facts.people, now):
        return unwanted
    if message.pk in facts.arrived:
        return Stop(State.CANCELLED, CancelReason.NOT_NEEDED, "What it sends again was delivered after all")
    if message.pk in facts.answered:
        return Stop(State.CANCELLED, CancelReason.REPLIED)
    if halted := _campaign(message, facts) or _batch(message, facts):
        return halted
    chosen = route(message, line, without_imessage=(message.workspace_id, message.address) in facts.people.without_imessage)
    if chosen.line != line:
        return Move(chosen)
    if message.origin != Origin.PERSON and not _inbox_current(line, now):
        return Wait(Hold.INBOX_BEHIND, now + INBOX_WAIT)
    new, total = _costs(message, line, facts)
    if limited := _limits(message, line, facts, new=new, total=total):
        return limited
    if decision := _consent(message, facts):
        return decision
    _take_places(message, line, facts, new=new, total=total)
    return Go(chosen)


def _campaign(message: Message, facts: Facts) -> Stop | Wait | None:
    """A campaign's step leaves only while its contact is under way in it and the campaign runs (S0-118, S0-124)."""
    step = facts.steps.get(facts.step_of.get(message.pk, 0))
    if step is None:
        return None
    if stopped := step.stopped if message.execution_id else step.stopped_again:
        return Stop(State.CANCELLED, cancel_reason(stopped), step.campaign)
    if step.paused:
        return Wait(Hold.CAMPAIGN_PAUSED, facts.now + (PAUSE_WAIT if message.execution_id else AGAIN_WAIT))
    return None


def _batch(message: Message, facts: Facts) -> Stop | Wait | None:
    """A person may have cancelled or paused its batch."""
    batch = facts.batches.get(message.batch_id or 0)
    if batch and batch.cancelled_at:
        return Stop(State.CANCELLED, CancelReason.USER, f"Batch cancelled by {batch.cancelled_by or 'a person'}")
    if batch and batch.paused_at:
        return Wait(Hold.PAUSED, facts.now + PAUSE_WAIT)
    return None


def _limits(message: Message, line: Line, facts: Facts, *, new: bool, total: bool) -> Wait | None:
    """Hours, a resting line, and the limits of line and plan all apply; the one that holds it longest is named (S0-113)."""
    waits = []
    if closed := _hours(message, facts):
        waits.append(Wait(Hold(closed.name), closed.until))
    if message.origin not in NOT_AUTOMATED and line.rest_until and line.rest_until > facts.now:
        waits.append(Wait(Hold.LINE_RESTS, line.rest_until))
    if full := facts.quotas.full(line, new=new, total=total):
        waits.append(Wait(Hold(full.limit), full.until))
    return max(waits, key=lambda wait: wait.until, default=None)


def _unwanted(message: Message, people: People, now: datetime) -> Stop | Wait | None:
    """An opt-out stops everything, except what the workspace lets people write themselves; an exclusion stops automation.

    A removal request that nobody has judged yet holds automation (R4). The confirmation of an opt-out goes only while one stands.
    """
    lead = people.lead_of(message)
    by_person = (
        message.origin == Origin.PERSON and message.scheduled_at is None
    )  # what was scheduled leaves by itself, and so is automated (R4)
    person = (message.workspace_id, message.address)
    if message.origin == Origin.CONFIRMATION:
        return None if person in people.opted_out else Stop(State.CANCELLED, CancelReason.NOT_NEEDED)
    if people.wants_nothing(message) and not (by_person and message.workspace.reply_to_opted_out):
        return Stop(State.CANCELLED, CancelReason.OPTED_OUT)
    excluded = lead and (lead.status == Lead.Status.EXCLUDED or lead.company_id in people.excluded_companies)
    if excluded and not by_person:
        return Stop(State.CANCELLED, CancelReason.EXCLUDED)
    asked_removal = person in people.asked_removal or bool(lead and lead.pk in people.leads_asked_removal)
    if asked_removal and message.origin not in NOT_AUTOMATED:
        return Wait(Hold.REMOVAL, now + REMOVAL_WAIT)
    return None


def _hours(message: Message, facts: Facts) -> Closed | None:
    lead = facts.people.lead_of(message)
    return hours.closed_for(
        message,
        lead,
        facts.now,
        number=facts.people.numbers.get(lead.pk, "") if lead else "",
        campaign=facts.campaigns.get(facts.step_of.get(message.pk, 0)),
        member=facts.members.get((message.workspace_id, message.author_id or 0)),
    )


def _costs(message: Message, line: Line, facts: Facts) -> tuple[bool, bool]:
    """Whether it counts as a new conversation of its line today, and whether as a message; each only once a day.

    The confirmation of an opt-out does not count as a message: nothing may keep it waiting.
    """
    today = facts.quotas.today(line)
    new = message.quota_day != today and message.pk in facts.new
    return new, message.counted_day != today and message.origin != Origin.CONFIRMATION


def _take_places(message: Message, line: Line, facts: Facts, *, new: bool, total: bool) -> None:
    places = facts.quotas.take(line, new=new, total=total)
    message.quota_day = places.new_day or message.quota_day
    message.counted_day = places.day or message.counted_day
    message.counted_slice = places.slice or message.counted_slice


def _inbox_current(line: Line, now: datetime) -> bool:
    """An automated message may only leave when a STOP that has arrived would have been read."""
    oldest = now - timedelta(seconds=settings.INBOX_CURRENT_SECONDS)
    return line.inbox_current_at is not None and line.inbox_current_at >= oldest


def _consent(message: Message, facts: Facts) -> Decision | None:
    """The first message to a contact is preceded by the consent message, where the workspace asks for it (S2-38)."""
    if message.pk not in facts.consents.first or message.pk in facts.consents.had:
        return None
    sent = facts.consents.sent.get((message.workspace_id, consents.key(message.conversation)))
    if sent and sent.state == State.SENT:
        return None
    if sent and sent.state in (State.FAILED, State.CANCELLED):
        return Stop(State.FAILED, FailReason.CONSENT_FAILED, sent.reason_detail)
    return Wait(Hold.CONSENT, facts.now + CONSENT_WAIT)
