"""The messages of a campaign's steps: to which address, over which line, in which words; then through the one door.

A batch at a time, in as many queries as for one. A person keeps their address and their line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.nodes import Message, Text
from campaigns.vocabulary import NodeKind
from conversations.campaigning import step_threads
from conversations.campaigning.step_addresses import Addresses
from conversations.campaigning.step_lines import StepLines, Wanted
from conversations.campaigning.step_words import words_for
from conversations.refusals import CannotWrite, NotYet
from conversations.sending.compose import Outgoing, compose_all
from conversations.thread.opening import Going
from conversations.vocabulary import Channel, Origin
from lines.models import Line

_HAND_OVER: Final = """
WITH w AS (SELECT * FROM unnest(%(ids)s::bigint[], %(variants)s::text[], %(enrolments)s::bigint[], %(addresses)s::text[],
                                %(lines)s::bigint[]) AS w(id, variant, enrolment, address, line)),
     handed AS (UPDATE campaigns_execution x SET variant = w.variant, handed_at = %(now)s, why = '', line_id = w.line
                FROM w WHERE x.id = w.id)
UPDATE campaigns_enrolment e SET address = w.address, line_id = w.line FROM w WHERE e.id = w.enrolment
"""


@dataclass(frozen=True, slots=True)
class Writing:
    """A message step of somebody. `scheduled_at`: when it is to leave, if not at once; their line need not be connected now."""

    enrolment: Enrolment
    node: Node
    settings: Message
    scheduled_at: datetime | None = None

    @property
    def sms(self) -> bool:
        return self.node.kind == NodeKind.SMS


@dataclass(frozen=True, slots=True)
class Written:
    """What a step sends to one lead."""

    address: str
    line: Line
    channel: str  # empty: automatic
    text: Text
    body: str


Unwritten = CannotWrite | NotYet


def send(campaign: Campaign, writings: Sequence[tuple[Execution, Writing]], now: datetime) -> dict[int, Unwritten]:
    """Make the messages of these visits; {visit: why not} of those that cannot be written. All are of one campaign.

    The key of a message is its visit, so that there is never a second. The caller holds the visits and their enrolments.
    From here on a visit follows its message (`step_outcomes`).
    """
    answers = written_for(campaign, [writing for _, writing in writings])
    refused: dict[int, Unwritten] = {}
    going: list[tuple[Execution, Writing, Written]] = []
    for (visit, writing), written in zip(writings, answers, strict=True):
        if isinstance(written, Written):
            going.append((visit, writing, written))
        else:
            refused[visit.pk] = written
    if going:
        _hand_over(going, now)
        _compose(campaign, going)
    return refused


def written_for(campaign: Campaign, writings: Sequence[Writing]) -> list[Written | Unwritten]:
    """Address, line and words of each, or why it cannot be written. Writes nothing."""
    addresses = Addresses(campaign.workspace, {one.enrolment.lead_id for one in writings})
    drafts = [_draft(one, addresses) for one in writings]
    wanted = [
        Wanted(draft[0], one.settings, one.sms, one.enrolment.line_id, later=one.scheduled_at is not None)
        for one, draft in zip(writings, drafts, strict=True)
        if not isinstance(draft, CannotWrite)
    ]
    lines = iter(StepLines(campaign).choose(wanted) if wanted else [])
    return [
        draft if isinstance(draft, CannotWrite) else _written(one, draft, next(lines))
        for one, draft in zip(writings, drafts, strict=True)
    ]


def _draft(one: Writing, addresses: Addresses) -> tuple[str, Text, str] | CannotWrite:
    """Address, text and words."""
    try:
        address = addresses.pick(one.enrolment, one.settings, sms=one.sms)
        return address, *words_for(one.enrolment, one.node, one.settings.texts)
    except CannotWrite as cannot:
        return cannot


def _written(one: Writing, draft: tuple[str, Text, str], line: Line | Unwritten) -> Written | Unwritten:
    if not isinstance(line, Line):
        return line
    address, text, body = draft
    return Written(address, line, _channel(one), text, body)


def _channel(one: Writing) -> str:
    if one.sms:
        return Channel.SMS
    return "" if one.settings.fallback else Channel.IMESSAGE


def _hand_over(going: Sequence[tuple[Execution, Writing, Written]], now: datetime) -> None:
    """The visits follow their messages now, and the enrolments keep address and line."""
    values: dict[str, Any] = {
        "now": now,
        "ids": [visit.pk for visit, _, _ in going],
        "variants": [writing.settings.variant(written.text.letter) for _, writing, written in going],
        "enrolments": [writing.enrolment.pk for _, writing, _ in going],
        "addresses": [written.address for _, _, written in going],
        "lines": [written.line.pk for _, _, written in going],
    }
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, values)


def _compose(campaign: Campaign, going: Sequence[tuple[Execution, Writing, Written]]) -> None:
    leads = [Going(writing.enrolment.lead, written.address, written.line) for _, writing, written in going]
    threads = step_threads.open_all(campaign, leads)
    messages = [
        Outgoing(
            conversation=threads[writing.enrolment.lead_id],
            body=written.body,
            origin=Origin.CAMPAIGN,
            dedupe_key=f"node:{visit.pk}",
            author=campaign.sender,
            line=written.line,
            channel=written.channel,
            fallback=() if writing.sms else writing.settings.falls_back,
            scheduled_at=writing.scheduled_at,
            execution=visit,
        )
        for visit, writing, written in going
    ]
    compose_all(campaign.workspace, messages)
