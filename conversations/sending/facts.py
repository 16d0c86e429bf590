"""What the gate needs to know about a claim's messages, read for all at once: asking for each would be a query for each."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q

from campaigns import permits
from campaigns.models import Campaign
from campaigns.permits import Permit
from conversations.models import Batch, Message
from conversations.sending import again, batch_locks, consents, people
from conversations.sending.consents import Consents
from conversations.sending.new_conversations import new_among
from conversations.sending.people import People
from conversations.vocabulary import NOT_AUTOMATED, Direction, State
from lines.models import Line
from lines.places import Quotas, hold_plans
from workspaces.models import Membership

CLOCKS_APART: Final = timedelta(hours=1)
"""How far a gateway's clock may be behind ours. What it dates earlier than our message by more than this was said before it."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a claim's messages at `now`, and stays so until the transaction ends."""

    now: datetime
    people: People
    quotas: Quotas
    new: set[int]  # messages that start a conversation on their line
    consents: Consents
    step_of: dict[int, int]  # message -> execution, also of a step's message that is sent again
    campaigns: dict[int, Campaign]  # by execution
    members: dict[tuple[int, int], Membership]  # (workspace, user) in whose name automation writes
    steps: dict[int, Permit]  # by execution: whether a campaign's step may still be taken
    batches: dict[int, Batch]  # what people send to many; nobody can pause or cancel these until the transaction ends
    arrived: set[int]  # retries of messages that have arrived after all
    answered: set[int]  # messages that were to go only if the contact did not write first, and they did


def read(batch: Sequence[tuple[Line, Message]], now: datetime) -> Facts:
    """Lock the people, campaigns and plans of a batch whose lines and messages are held, and read what the gate needs."""
    messages = [message for _, message in batch]
    lines = {line.pk: line for line, _ in batch}
    held = people.lock(messages)
    step_of = again.steps_of(messages)
    steps = permits.hold(step_of.values())
    batches = _batches(messages)
    hold_plans(line.workspace for line in lines.values())
    return Facts(
        now=now,
        people=held,
        quotas=Quotas(lines.values(), now),
        new=new_among(((message.pk, line, message.address, message.pk) for line, message in batch), now),
        consents=consents.read(messages),
        step_of=step_of,
        campaigns=_campaigns(step_of.values()),
        members=_members(messages),
        steps=steps,
        batches=batches,
        arrived=_arrived(messages),
        answered=_answered(messages),
    )


def _arrived(messages: Sequence[Message]) -> set[int]:
    retries = [message.pk for message in messages if message.retry_of_id]
    if not retries:
        return set()
    late = Q(retry_of__delivered_at__isnull=False) | Q(retry_of__read_at__isnull=False) | Q(retry_of__state=State.SENT)
    return set(Message.objects.filter(late, pk__in=retries).values_list("pk", flat=True))


def _answered(messages: Sequence[Message]) -> set[int]:
    """Asked here as well, since whoever applied the reply could not cancel what this claim had locked (see `sending.scheduling`).

    A reply is what was stored after the message, except history that was read when the line was added: that is told by its
    times, which are the gateway's (CLOCKS_APART).
    """
    asking = [message.pk for message in messages if message.cancel_on_reply]
    if not asking:
        return set()
    wrote = Message.objects.filter(
        conversation=OuterRef("conversation"),
        direction=Direction.INCOMING,
        pk__gt=OuterRef("pk"),
        at__gte=ExpressionWrapper(OuterRef("created_at") - CLOCKS_APART, DateTimeField()),
    )
    return set(Message.objects.filter(Exists(wrote), pk__in=asking).values_list("pk", flat=True))


def _batches(messages: Sequence[Message]) -> dict[int, Batch]:
    ids = {message.batch_id for message in messages if message.batch_id}
    if not ids:
        return {}
    batch_locks.hold(ids)
    return Batch.objects.only("cancelled_at", "paused_at", "cancelled_by").in_bulk(ids)


def _campaigns(ids: Collection[int]) -> dict[int, Campaign]:
    if not ids:
        return {}
    found = Campaign.objects.filter(enrolments__executions__in=ids).annotate(execution=F("enrolments__executions"))
    return {campaign.execution: campaign for campaign in found}


def _members(messages: Sequence[Message]) -> dict[tuple[int, int], Membership]:
    authors = {message.author_id for message in messages if message.author_id and message.origin not in NOT_AUTOMATED}
    if not authors:
        return {}
    workspaces = {message.workspace_id for message in messages}
    found = Membership.objects.filter(workspace__in=workspaces, user__in=authors).select_related("workspace")
    return {(member.workspace_id, member.user_id): member for member in found}
