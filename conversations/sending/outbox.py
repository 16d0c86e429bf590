"""The outbox: queued messages are claimed, pass the gate, and become attempts, all in one short transaction.

Locks are taken in one order everywhere, so that nobody deadlocks: line, message, person, lead, company, line day,
conversation. Whoever starts elsewhere (an opt-out, a reply) takes messages only where nobody holds them
(SKIP LOCKED) and leaves the rest to the gate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone

from conversations.models import Message
from conversations.sending import attempts, due, gate_results
from conversations.sending.attempts import Claim as Claim
from conversations.sending.attempts import boottime
from conversations.sending.facts import read as read_facts
from conversations.sending.line_locks import Allowance, LockedLine, lock_lines, up_to_at_once
from conversations.sending.routes import Route
from conversations.vocabulary import Hold, State
from lines.models import Line

log = structlog.get_logger(__name__)

PUT_OFF: Final = timedelta(minutes=5)
"""How long a message that raised an error waits for its next look."""


class _Broken(Exception):
    """One of these messages, or its line, raised an error in the claim; which one is not known."""

    def __init__(self, ids: list[int]) -> None:
        super().__init__(f"{len(ids)} messages")
        self.ids = ids


def claim(sender: int, *, room: int, shut: Collection[int] = (), more: Allowance = up_to_at_once) -> tuple[list[Claim], int]:
    """Turn up to `room` due messages into open attempts; also how many messages were looked at.

    1. Lock the lines that have due work and that nobody else is claiming for, except those that are `shut`.
    2. For each, take its oldest due messages, one per person, as many as `more` grants, and lock their people.
    3. Ask the gate about each; stop, hold or move those that may not go.
    4. For the rest write the attempts and the places they take. The commit makes the intention durable before the
       network is used.

    When one of the messages raises an error, each is claimed on its own and that one is put off, so that it delays no other.
    """
    try:
        return _claim(sender, room, shut, more)
    except _Broken as broken:
        log.exception("claim_broke_off", messages=len(broken.ids))
        return _claim_apart(sender, room, broken.ids)


def _claim(
    sender: int, room: int, shut: Collection[int] = (), more: Allowance = up_to_at_once, only: int | None = None
) -> tuple[list[Claim], int]:
    deadline = boottime() + settings.SEND_START_SECONDS
    with transaction.atomic():
        locked = lock_lines(sender, room, shut, more, only)
        batch = due.take_due(locked, room, only)
        if not batch:
            return [], 0
        try:
            return _pass_gate(batch, locked, sender, room, deadline), len(batch)
        except OperationalError:  # locks, or the database itself: no message's fault
            raise
        except Exception as error:
            raise _Broken([message.pk for _, message in batch]) from error


def _pass_gate(
    batch: list[tuple[Line, Message]], locked: Mapping[int, LockedLine], sender: int, room: int, deadline: float
) -> list[Claim]:
    """Steps 3 and 4 of `claim`."""
    facts = read_facts(batch, timezone.now())
    free = {pk: one.free for pk, one in locked.items()}
    going: list[tuple[Message, Route]] = []
    staying: list[Message] = []
    for line, message in batch:
        if free[line.pk] <= 0 or len(going) >= room:
            continue
        if route := gate_results.through_gate(message, line, facts):
            going.append((message, route))
            free[line.pk] -= 1
        else:
            staying.append(message)
    due.LookAhead.note(batch, {message.pk for message, _ in going})
    facts.quotas.write()
    at_once = {pk: one.at_once for pk, one in locked.items()}
    claims = attempts.begin(going, at_once, sender, deadline, facts.now)
    gate_results.tell(staying)
    return claims


def _claim_apart(sender: int, room: int, ids: list[int]) -> tuple[list[Claim], int]:
    claims: list[Claim] = []
    for pk in ids:
        if len(claims) >= room:
            break
        try:
            claims += _claim(sender, room - len(claims), only=pk)[0]
        except OperationalError:
            break  # what is claimed is committed, and has to be sent
        except _Broken:
            log.exception("message_put_off", message=pk)
            Message.objects.filter(pk=pk, state=State.QUEUED).update(run_at=timezone.now() + PUT_OFF, hold=Hold.RETRY)
    return claims, len(ids)
