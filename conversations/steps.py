"""Campaigns decide, conversations speak: due steps are taken here, each in one transaction.

A visit is claimed together with its enrolment (SKIP LOCKED), so that any number of workers take it once; a message step
ends in `compose` with the visit's own key, every other kind is done and finished at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils import timezone

from campaigns import engine, nodes, progress, versions
from campaigns.models import Enrolment, Execution
from campaigns.vocabulary import ExecutionState, StopReason
from conversations import step_chores, step_messages, step_outcomes
from conversations.models import Conversation, Message
from conversations.step_messages import CannotWrite, NotYet
from conversations.vocabulary import Family

log = structlog.get_logger(__name__)

SLICE: Final = 5.0
"""Seconds after which a drain ends; the next ring goes on."""

AT_A_TURN: Final = 50
"""Steps of one campaign before the next campaign has its turn."""

SOONEST: Final = timedelta(seconds=15)
LATEST: Final = timedelta(minutes=10)
"""Between these a step without a line is tried again, the longer it has waited the more seldom."""

RESUMED_WITHIN: Final = timedelta(minutes=2)

_draining = threading.Lock()


def ring() -> None:
    """Take all that is due, unless this process does so already."""
    if _draining.acquire(blocking=False):
        try:
            drain()
        finally:
            _draining.release()


def drain(seconds: float = SLICE) -> int:
    """Take due steps of all campaigns in turn until none is due or the time is over; how many."""
    taken, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        count = sum(_turn(campaign_id, end) for campaign_id in engine.at_work())
        if not count:
            break
        taken += count
    step_outcomes.cancel_recalled()
    return taken


def _turn(campaign_id: int, end: float) -> int:
    """One campaign's turn: who is new begins, what is due is decided or done."""
    taken = engine.begin(campaign_id)
    works: tuple[Callable[[], bool], ...] = (lambda: engine.decide(campaign_id, intent_of), lambda: take(campaign_id))
    for work in works:
        for _ in range(AT_A_TURN):
            if time.monotonic() > end or not work():
                break
            taken += 1
    return taken


def sweep() -> None:
    """What time and others' changes do: enrolments end, messages are recalled or released, versions reach everybody."""
    while engine.sweep():
        pass
    while step_outcomes.cancel_recalled():
        pass
    step_outcomes.release_resumed(timezone.now() - RESUMED_WITHIN)
    for version in versions.unmoved():
        while versions.move_some(version):
            pass


def sweep_unwanted() -> None:
    """Enrolments of who was excluded or opted out on other pages end."""
    while engine.sweep_unwanted():
        pass


def take(campaign_id: int) -> bool:
    """Take one due step; False when none is due. An error puts it off and holds up no other."""
    execution_id, due_since = 0, timezone.now()
    try:
        with transaction.atomic():
            execution = engine.claim(campaign_id, ExecutionState.PENDING)
            if execution is None:
                return False
            execution_id, due_since = execution.pk, execution.created_at
            _take(execution, timezone.now())
    except NotYet as waits:
        engine.put_off(execution_id, f"{waits}. It is tried again in a moment.", _pause(due_since))
    except Exception:
        log.exception("step_not_taken", execution=execution_id)
        engine.put_off(execution_id, "Something went wrong here. It is tried again in a few minutes.", engine.AGAIN_AFTER)
    return True


def _pause(since: datetime) -> timedelta:
    return min(max((timezone.now() - since) / 4, SOONEST), LATEST)


def _take(execution: Execution, now: datetime) -> None:
    enrolment = execution.enrolment
    if reason := engine.unwanted(enrolment.lead):
        progress.stop([enrolment.pk], reason)
        return
    path = progress.current_path(enrolment)
    node = engine.in_force(execution, path)
    if node is None:
        return
    settings = nodes.parse(node.kind, node.settings)
    try:
        with transaction.atomic():
            if isinstance(settings, nodes.Message):
                step_messages.send(execution, node, settings, now)
                return
            why = step_chores.do(enrolment, node, settings, now)
    except CannotWrite as cannot:
        _failed(execution, settings, str(cannot), now)
        return
    progress.finish(execution, ExecutionState.EXECUTED, why, now)
    progress.go_on(enrolment, node, path)


def _failed(execution: Execution, settings: nodes.Settings, why: str, now: datetime) -> None:
    """A message that cannot be written ends the enrolment unless its step says otherwise; other steps are passed over."""
    enrolment, message = execution.enrolment, isinstance(settings, nodes.Message)
    progress.finish(execution, ExecutionState.FAILED if message else ExecutionState.SKIPPED, why, now)
    if isinstance(settings, nodes.Message) and settings.on_failure == nodes.STOP:
        progress.stop([enrolment.pk], StopReason.FAILED, why)
    else:
        progress.go_on(enrolment, execution.node)


def intent_of(enrolment: Enrolment) -> tuple[str, str] | None:
    """Status and reason of what the lead last wrote, for the engine's branches; None while it is still being read."""
    mine = Conversation.objects.of(enrolment.workspace).filter(lead=enrolment.lead, family=Family.PHONE)
    if Message.objects.of(enrolment.workspace).filter(conversation__in=mine, intent_due=True).exists():
        return None
    return mine.values_list("intent_status", "intent_reason").first() or ("", "")
