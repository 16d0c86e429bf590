"""Workers beside a test, and the moments of a campaign's step one after the other."""

from __future__ import annotations

import contextlib
import random
import threading
import uuid
from collections.abc import Iterator, Sequence

from django.db import OperationalError

from campaigns import beginning
from campaigns.models import Campaign, Enrolment
from conversations.campaigning import steps
from conversations.models import Message
from conversations.sending import outbox, record
from leads.models import Lead
from lines.gateways.base import SendResult, Service
from lines.gateways.base import State as GatewayState
from lines.models import Line
from tests.campaigns.engine import (
    house,
    lead,
)
from tests.core import make_line
from tests.threads import in_background
from workspaces.models import Workspace


@contextlib.contextmanager
def at_work(count: int) -> Iterator[None]:
    """So many workers inside the block: take steps, claim, pretend that the gateway took it, record; again."""
    done = threading.Event()
    join = in_background(lambda: work_until(done), count)
    try:
        yield
    finally:
        done.set()
        join()


def work_until(done: threading.Event) -> None:
    while not done.is_set():
        claims: Sequence[outbox.Claim] = ()
        with contextlib.suppress(OperationalError):  # PostgreSQL broke off a round that waited for another; the next one is as good
            steps.drain()
            steps.sweep()
            claims, _ = outbox.claim(random.getrandbits(30), room=4)
        for claim in claims:
            taken(claim)
        if not claims:
            done.wait(0.1)


def taken(claim: outbox.Claim) -> None:
    """What the gateway took is recorded, again where PostgreSQL broke it off, as the dispatcher does."""
    result = SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE)
    while True:
        with contextlib.suppress(OperationalError):
            record.accepted(claim.attempt_id, result)
            return


def open_house(leads: int) -> tuple[Workspace, list[Line], list[Lead]]:
    workspace, line = house()
    lines = [line, make_line(workspace, max_in_flight=100, daily_new_limit=10_000)]
    return workspace, lines, [lead(workspace, f"Priya {'abcdefghijklmnopqrstuvwxyz'[n]}") for n in range(leads)]


def ended() -> bool:
    under_way = Enrolment.objects.filter(state__in=["active", "paused"]).exists()
    return not under_way and not Message.objects.filter(state__in=["queued", "sending"]).exists()


def begun() -> None:
    for campaign in Campaign.objects.all():
        beginning.begin(campaign.pk)


def written() -> None:
    steps.drain()


def claimed() -> None:
    written()
    outbox.claim(1, room=10)


def answered() -> None:
    written()
    claims, _ = outbox.claim(1, room=10)
    for claim in claims:
        record.accepted(claim.attempt_id, SendResult(uuid.uuid4().hex, GatewayState.SENT, Service.IMESSAGE))
