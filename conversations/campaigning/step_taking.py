"""Due steps are taken, a batch of them in one transaction: messages are written, tasks made, threads tagged and handed on.

A visit is claimed together with its enrolment (`campaigns.claiming`), so that any number of workers take it once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns import claiming, nodes
from campaigns.models import Enrolment, Execution
from campaigns.moves import Due, Moves
from campaigns.vocabulary import ExecutionState, StopReason
from conversations.campaigning import step_chores, step_messages
from conversations.campaigning.step_messages import Writing
from conversations.models import Conversation, Message
from conversations.refusals import CannotWrite, NotYet
from conversations.vocabulary import Family
from lines.models import Line

SOONEST: Final = timedelta(seconds=15)
LATEST: Final = timedelta(minutes=10)
"""Between these a step without a line is tried again, the longer it has waited the more seldom."""

# When a step was put off follows from when it is tried again (`_again`). Those of before the news are tried at once.
# An open transaction may have changed limits a moment before it said so, hence the seconds.
_TRY_NOW: Final = """
WITH news AS (
    SELECT workspace_id AS workspace, max(status_at) AS at FROM lines_line
    WHERE status = ANY(%(sending)s) AND status_at > %(since)s GROUP BY workspace_id
    UNION ALL
    SELECT id, limits_changed_at + interval '5 s' FROM workspaces_workspace WHERE limits_changed_at > %(since)s)
UPDATE campaigns_execution x SET due_at = statement_timestamp()
WHERE x.id IN (
    SELECT p.id FROM news
    JOIN campaigns_campaign c ON c.workspace_id = news.workspace AND c.status = 'running'
    JOIN campaigns_execution p ON p.campaign_id = c.id AND p.state = 'pending' AND p.handed_at IS NULL
     AND p.due_at > statement_timestamp()
    WHERE p.due_at - LEAST(GREATEST((p.due_at - p.created_at) / 5, %(soonest)s), %(latest)s) < news.at
    LIMIT %(most)s
    FOR NO KEY UPDATE OF p SKIP LOCKED)
"""

AT_ONCE: Final = 1_000


def take(campaign_id: int, most: int = claiming.AT_ONCE) -> int:
    """Take due steps of a campaign; how many. An error puts its step off and holds up no other."""
    return claiming.work_off(campaign_id, ExecutionState.PENDING, _take, most)


def _take(visits: Sequence[Execution]) -> None:
    moves = Moves(timezone.now())
    due = list(moves.due(visits))
    _write([at for at in due if isinstance(at.settings, nodes.Message)], moves)
    for at in due:
        if not isinstance(at.settings, nodes.Message):
            _do(at, moves)
    moves.write()


def _write(messages: Sequence[Due], moves: Moves) -> None:
    if not messages:
        return
    writings = [
        (at.visit, Writing(at.enrolment, at.node, at.settings)) for at in messages if isinstance(at.settings, nodes.Message)
    ]
    refused = step_messages.send(messages[0].visit.campaign, writings, moves.now)
    for at in messages:
        match refused.get(at.visit.pk):
            case CannotWrite() as cannot:
                _cannot(at, str(cannot), moves)
            case NotYet() as waits:
                moves.put_off(at, _again(at.visit, moves.now), f"{waits}. It is tried again in a moment.")


def _cannot(at: Due, why: str, moves: Moves) -> None:
    """A message that cannot be written ends the enrolment unless its step says otherwise."""
    if isinstance(at.settings, nodes.Message) and at.settings.on_failure == nodes.STOP:
        moves.last(at, ExecutionState.FAILED, why, StopReason.FAILED, why)
    else:
        moves.done(at, why, ExecutionState.FAILED)


def _do(at: Due, moves: Moves) -> None:
    """What writes no message is done and finished at once; what cannot be done is passed over."""
    try:
        with transaction.atomic():
            moves.done(at, step_chores.do(at.enrolment, at.node, at.settings, moves.now))
    except CannotWrite as cannot:
        moves.done(at, str(cannot), ExecutionState.SKIPPED)


def try_now(since: datetime) -> int:
    """Steps that were put off before a line of their workspace could send again or was added, or before the lines, hours or
    limits of a campaign were changed, are due at once where that was after `since`; how many, some at a time."""
    values: dict[str, Any] = {"sending": list(Line.SENDING), "since": since, "soonest": SOONEST, "latest": LATEST, "most": AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(_TRY_NOW, values)
        return int(cursor.rowcount)


def _again(visit: Execution, now: datetime) -> datetime:
    return now + min(max((now - visit.created_at) / 4, SOONEST), LATEST)


def intents_of(enrolments: Sequence[Enrolment]) -> dict[int, tuple[str, str] | None]:
    """{enrolment: status and reason of what the lead last wrote}, for the engine's branches; None while it is being read."""
    due = Message.objects.filter(conversation=OuterRef("pk"), intent_due=True)
    rows = Conversation.objects.of(enrolments[0].workspace).filter(
        lead__in=[one.lead_id for one in enrolments], family=Family.PHONE
    )
    found = {
        lead: None if being_read else (status, reason)
        for lead, status, reason, being_read in rows.values_list("lead", "intent_status", "intent_reason", Exists(due))
    }
    return {one.pk: found.get(one.lead_id, ("", "")) for one in enrolments}
