"""Finding out what became of attempts whose outcome nobody recorded. The gateway is asked; nothing is guessed.

An attempt is looked into when the gateway's answer was unclear (time-out, 5xx), when its sender has died, or when its lease
has run out. It counts as absent only if the gateway says "not here" at a time by which a request under way would have
arrived: SEND_START_SECONDS for it to begin, plus the gateway's horizon to finish it.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.models import Attempt
from conversations.sending import record
from conversations.sending.outbound import outbound_message
from conversations.sending.record import LOOK_UP_AFTER
from conversations.sending.sender import alive
from conversations.vocabulary import AttemptState
from lines.gateways.base import Failure, GatewayError, Reason, SendResult, State
from lines.models import Line
from lines.wire import gateway_of

log = structlog.get_logger(__name__)

BATCH = 50


def reconcile() -> int:
    """Look into the attempts that are due for it; how many."""
    due = _take_due()
    for attempt in due:
        try:
            look_into(attempt)
        except Exception:
            log.exception("reconcile_broke_off", attempt=attempt.pk)  # asked again at its next time
    return len(due)


@transaction.atomic
def _take_due() -> list[Attempt]:
    """Take the attempts to look into now. When to ask next is written first, so that two reconcilers share the work."""
    now = timezone.now()
    unknown = Q(state=AttemptState.UNKNOWN, look_up_at__lte=now)
    orphaned = Q(state=AttemptState.OPEN) & (Q(look_up_at=None) | Q(look_up_at__lte=now))
    rows = (
        Attempt.objects.select_related("message", "message__workspace", "line")
        .filter(unknown | orphaned)
        .select_for_update(skip_locked=True, of=("self",), no_key=True)
        .order_by("pk")[:BATCH]
    )
    due = [attempt for attempt in rows if attempt.state == AttemptState.UNKNOWN or _orphaned(attempt)]
    for attempt in due:
        wait = LOOK_UP_AFTER[min(attempt.look_ups, len(LOOK_UP_AFTER) - 1)]
        attempt.look_ups += 1
        attempt.look_up_at = now + timedelta(seconds=min(wait, _absent_after(attempt.line).total_seconds() / 2))
        attempt.save(update_fields=["look_ups", "look_up_at"])
    return due


def _orphaned(attempt: Attempt) -> bool:
    """No sender works on it any more: it died, or its lease is over."""
    message = attempt.message
    if message.lease_until and message.lease_until <= timezone.now():
        return True
    return message.sender is not None and not alive(message.sender)


def _absent_after(line: Line | None) -> timedelta:
    """How long after its start an attempt can still arrive. A Mac may take minutes, the simulated phone network only seconds."""
    simulated = line is not None and settings.SIMULATOR_URL and line.server_url.startswith(settings.SIMULATOR_URL)
    horizon = settings.SEND_HORIZON_SIMULATED_SECONDS if simulated else settings.SEND_HORIZON_SECONDS
    return timedelta(seconds=settings.SEND_START_SECONDS + horizon)


def look_into(attempt: Attempt) -> None:
    """Ask the gateway whether it has the message, and record what it says."""
    if attempt.line is None:
        record.given_up(attempt.pk)
        return
    asked_at = timezone.now()
    answered = True
    try:
        found = gateway_of(attempt.line).find_by_key(
            outbound_message(attempt), not_before=attempt.started_at, exclude=_bound_elsewhere(attempt)
        )
    except GatewayError as error:
        log.info("outcome_not_known_yet", attempt=attempt.pk, why=str(error))
        found, answered = None, False
    if found is not None:
        _found(attempt, found)
    elif answered and asked_at - attempt.started_at > _absent_after(attempt.line):
        record.absent(attempt.pk, detail="The gateway was asked and never got it.")
    elif timezone.now() - attempt.started_at > timedelta(hours=settings.SEND_UNKNOWN_GIVE_UP_HOURS):
        record.given_up(attempt.pk)


def _found(attempt: Attempt, found: SendResult) -> None:
    if found.state == State.FAILED:
        failure = found.failure or Failure(Reason.IMESSAGE_ISSUE, transient=False)
        record.refused(attempt.pk, failure, vendor_id=found.vendor_id)
    else:
        record.accepted(attempt.pk, found)


def _bound_elsewhere(attempt: Attempt) -> set[str]:
    """The gateway's ids of messages that belong to other attempts to this person."""
    others = Attempt.objects.filter(line=attempt.line, message__address=attempt.message.address)
    recent = others.filter(started_at__gte=attempt.started_at - timedelta(days=1)).exclude(vendor_id="")
    return set(recent.values_list("vendor_id", flat=True))
