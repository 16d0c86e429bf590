from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Max
from django.utils import timezone

from campaigns import claiming
from campaigns.models import Execution
from campaigns.vocabulary import ExecutionState
from conversations.campaigning import steps
from conversations.models import Attempt, Message
from conversations.receiving import catch_up, ingest
from conversations.sending import dispatch, reconcile
from conversations.vocabulary import State
from lines.models import InboundEvent, Line
from tests.faults.phones import Phones, network

ROOT = Path(__file__).resolve().parents[2]
START, HORIZON = 1, 1
"""Seconds, in place of ten and three minutes: the simulated network answers at once."""

PATIENT = 0.4
"""Seconds between two rounds of `settle` from the third on, at least."""


@pytest.fixture
def phones() -> Iterator[Phones]:
    with network(quiet=True) as up:
        yield up


@pytest.fixture
def short_horizon(settings: Any) -> None:
    settings.SEND_START_SECONDS = START
    settings.SEND_HORIZON_SECONDS = HORIZON


@pytest.fixture
def killed_at(short_horizon: None, killed_at: Callable[..., None]) -> Callable[..., None]:
    return killed_at


def work() -> None:
    """One round of everything a worker does."""
    steps.drain()
    dispatch.drain()
    reconcile.reconcile()
    for line in Line.objects.all():
        catch_up.catch_up(line.pk)
    ingest.apply_waiting()


def until_absent() -> float:
    """Seconds until what no gateway knows may be taken for absent; 0 where nothing waits for that."""
    begun = Attempt.objects.filter(state__in=Attempt.OUTSTANDING).aggregate(last=Max("started_at"))["last"]
    return max(0.0, START + HORIZON - (timezone.now() - begun).total_seconds()) if begun else 0.0


def settle(seconds: float = 30.0) -> None:
    """Work until no message is under way, no event waits, and no campaign has a step due or put off.

    A round that finds nothing to do proves nothing: the database may not have let go yet of what a killed worker held.
    """
    end, pause = time.monotonic() + seconds, 0.1
    while time.monotonic() < end:
        Attempt.objects.filter(look_up_at__isnull=False).update(look_up_at=timezone.now())
        InboundEvent.objects.filter(applied_at=None).update(retry_at=timezone.now())
        Message.objects.filter(state=State.QUEUED, scheduled_at=None).update(run_at=timezone.now())
        work()
        under_way = Message.objects.filter(state__in=[State.QUEUED, State.SENDING], scheduled_at=None)
        waiting = InboundEvent.objects.filter(applied_at=None, parked_at=None)
        put_off = Execution.objects.filter(state=ExecutionState.PENDING, handed_at=None)
        if not under_way.exists() and not waiting.exists() and not claiming.at_work() and not put_off.exists():
            return
        time.sleep(pause if pause < PATIENT else max(pause, until_absent()))  # sooner it would be found to be too early, as now
        pause = min(2 * pause, PATIENT)
    left = [
        list(Message.objects.values_list("state", "hold", "reason")),
        list(Execution.objects.values_list("node__name", "state", "due_at", "why")),
        list(InboundEvent.objects.filter(applied_at=None).values()),
    ]
    raise AssertionError(f"not settled: {left}")
