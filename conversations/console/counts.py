"""How many executions are in each state, up to `MOST`, and which is due next."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from campaigns.vocabulary import OPEN, ExecutionState
from conversations.console.asked import Asked
from workspaces.bounded import Bounded
from workspaces.models import Workspace

MOST: Final = 10_000


def by_state(workspace: Workspace, asked: Asked) -> dict[str, Bounded]:
    """Open ones of all time, the others of the range. One query."""
    parts, values = [], []
    where, given = _narrowed(workspace, asked)
    for state in ExecutionState:
        since = asked.since if state not in OPEN else None
        parts.append(
            f"SELECT %s::text, count(*) FROM (SELECT 1 FROM campaigns_execution WHERE {where} AND state = %s"  # noqa: S608  our own words; values are bound
            f"{' AND at >= %s' if since else ''} LIMIT %s) k"
        )
        values += [state.value, *given, state.value, *([since] if since else []), MOST + 1]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return {state: Bounded.of(n, MOST) for state, n in cursor.fetchall()}


def due(workspace: Workspace, asked: Asked) -> tuple[datetime | None, datetime | None]:
    """When the oldest pending one was due, and when the next waiting one is. One query."""
    own, given = _narrowed(workspace, asked)
    where, given = f"workspace_id = %s AND {own}", [workspace.pk, *given]  # its index is in the order of what is due
    parts, values = [], []
    for state in (ExecutionState.PENDING, ExecutionState.WAITING):
        late = "" if state == ExecutionState.PENDING else " AND due_at >= %s"
        parts.append(
            f"(SELECT %s::text, due_at FROM campaigns_execution WHERE {where} AND state = %s{late}"  # noqa: S608  our own words; values are bound
            " ORDER BY due_at LIMIT 1)"
        )
        values += [state.value, *given, state.value, *([timezone.now()] if late else [])]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({' UNION ALL '.join(parts)}) k", values)  # noqa: S608  our own words; values are bound
        found = dict(cursor.fetchall())
    return found.get(ExecutionState.PENDING), found.get(ExecutionState.WAITING)


def _narrowed(workspace: Workspace, asked: Asked) -> tuple[str, list[Any]]:
    """The words that the narrowest index begins with: a campaign or line was looked up in its workspace already."""
    where, values = [], []
    if asked.campaign:
        where, values = ["campaign_id = %s"], [asked.campaign.pk]
    if asked.line:
        where, values = [*where, "line_id = %s"], [*values, asked.line.pk]
    return (" AND ".join(where), values) if where else ("workspace_id = %s", [workspace.pk])
