"""What a thread's page asks about the person and the thread, read once for all of its parts. Nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db import connection
from django.utils import timezone

from conversations.models import Conversation
from leads import optouts
from leads.checks import answers
from leads.models import Address, OptOut
from lines import quota

MOST: Final = 200
"""Opt-outs of one person, lifted ones included."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Who is behind a conversation: their addresses, phones first, and whether they may be written to."""

    addresses: Sequence[Address]
    opt_outs: Sequence[OptOut]  # newest first
    imessage: Address.Availability  # of the conversation's address

    @property
    def opt_out(self) -> OptOut | None:
        """The one that stands, the oldest where several addresses are opted out."""
        return next((one for one in reversed(self.opt_outs) if one.lifted_at is None), None)


def of(conversation: Conversation) -> Contact:
    """In two or three queries."""
    workspace = conversation.workspace
    known: list[Address] = []
    if conversation.lead_id:
        known = list(Address.objects.of(workspace).filter(lead=conversation.lead_id).order_by("kind", "rank"))
        known.sort(key=lambda one: (one.kind != Address.Kind.PHONE, one.rank))
    mine = next((one for one in known if one.value == conversation.address), None)
    values = {one.value for one in known} | set(() if mine else optouts.addresses_of(workspace, conversation.address))
    outs = OptOut.objects.of(workspace).filter(value__in=values).select_related("by", "lifted_by")
    state = Address.Availability(mine.availability) if mine else answers.known(workspace, conversation.address)
    return Contact(known, list(outs.order_by("-received_at")[:MOST]), state)


class Facts(NamedTuple):
    """What the newest of a thread's messages say; None where there is none."""

    newest: str | None  # public id of the message we learned of last
    last_heard: datetime | None  # when the contact last wrote (S0-95)
    consent: int | None  # the newest consent message (S2-37) ...
    consent_sent_at: datetime | None  # ... and when it was sent
    had_consent: bool  # the ledger has one sent to the address, also from a conversation that was deleted
    exchanged: bool  # whether anything has come or gone: a phone opens a chat with words, not with a file
    follow_ups: int  # what waits to be sent by automation, or at a later time
    started_today: int  # conversations that the line has begun in its day
    may_start: int  # the most it may begin in it


_MINE: Final = "FROM conversations_message m WHERE m.workspace_id = %(workspace)s AND m.conversation_id = %(conversation)s"
_FACTS: Final = f"""
SELECT newest.public_id, (SELECT m.at {_MINE} AND m.direction = 'in' ORDER BY m.at DESC LIMIT 1), consent.id, consent.sent_at,
    EXISTS (SELECT 1 FROM leads_consentevent e
            WHERE e.workspace_id = %(workspace)s AND e.value = %(address)s AND e.kind = 'consent_sent'),
    EXISTS (SELECT 1 {_MINE} AND (m.direction = 'in' OR m.sent_at IS NOT NULL)),
    (SELECT count(*) {_MINE} AND m.state = 'queued' AND (m.scheduled_at > %(now)s OR m.origin <> 'person')),
    COALESCE((SELECT d.started FROM lines_lineday d WHERE d.line_id = %(line)s AND d.day = %(day)s), 0),
    %(most)s
FROM (SELECT) one
LEFT JOIN LATERAL (SELECT m.public_id {_MINE} ORDER BY m.id DESC LIMIT 1) newest ON true
LEFT JOIN LATERAL (SELECT m.id, m.sent_at {_MINE} AND m.origin = 'consent' ORDER BY m.id DESC LIMIT 1) consent ON true
"""  # noqa: S608  our own words; values are bound


def facts(conversation: Conversation) -> Facts:
    """In one query."""
    now = timezone.now()
    values: dict[str, Any] = {
        "workspace": conversation.workspace_id,
        "conversation": conversation.pk,
        "address": conversation.address,
        "now": now,
        "line": conversation.line_id,
        "day": None,
        "most": 0,
    }
    if line := conversation.line:
        line.workspace = conversation.workspace
        values["day"] = quota.today(line, now)
        values["most"] = quota.ceilings_of(line).new_on(values["day"])[0]
    with connection.cursor() as cursor:
        cursor.execute(_FACTS, values)
        return Facts._make(cursor.fetchone())
