"""The list of node executions: keyset pages, newest first, whatever it is narrowed to.

Each way to narrow it has an index in the list's order. A search looks in several of them at once and takes the newest of
what they give, so that no page costs more than a few times its rows (`Way`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower

from campaigns.models import Campaign, Enrolment, Execution
from campaigns.vocabulary import OPEN, ExecutionState
from conversations.console.asked import Asked
from leads.models import Lead
from lines.models import Line
from workspaces import paging
from workspaces.models import Workspace

SIZE: Final = 50
SHOWN: Final = (
    "campaign", "node", "line", "enrolment__lead", "message", "message__line", "message__conversation",
)  # fmt: skip
PARTS: Final = ("message__attempts", "message__retries")
"""What a row says is made of (`console.shown`)."""

MOST_LEADS: Final = 200
MOST_ENROLMENTS: Final = 1_000
MOST_NAMED: Final = 5
SHORTEST: Final = 3
"""Letters of a name that the search for leads needs: its index holds parts of three."""


@dataclass(frozen=True, slots=True)
class Way:
    """One index to walk along: the condition it is entered by, and the states it is asked for one by one."""

    where: str
    values: tuple[Any, ...] = ()
    states: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Found:
    page: paging.Page[Execution]
    hint: str = ""  # why a search found less than it might


def page(workspace: Workspace, asked: Asked, *, before: str = "") -> Found:
    """A page of executions with all that their rows show, in five queries at most."""
    of = f"console:{workspace.pk}:{asked.query()}"
    ways, hint = _ways(workspace, asked)
    ids = _ids(workspace, asked, ways, paging.read_moment(before, of=of)) if ways else []
    rows = loaded(workspace, Execution.objects.of(workspace).filter(pk__in=ids).order_by("-at", "-pk"))
    return Found(paging.cut(rows, SIZE, lambda row: paging.moment_cursor(row.at, row.pk, of=of)), hint)


def loaded(workspace: Workspace, rows: QuerySet[Execution]) -> list[Execution]:
    """These executions with all that `console.shown` says of them. Their workspace is the one that asks: it is read once."""
    found = list(rows.select_related(*SHOWN).prefetch_related(*PARTS))
    for execution in found:
        execution.workspace = workspace
        if message := getattr(execution, "message", None):
            message.workspace = workspace
            if message.line:
                message.line.workspace = workspace
    return found


def _ways(workspace: Workspace, asked: Asked) -> tuple[list[Way], str]:
    every = (asked.state,) if asked.state else tuple(ExecutionState.values)
    if asked.q:
        return _sought(workspace, asked, every)
    if asked.line:
        return [Way("e.line_id = %s", (asked.line.pk,), every)], ""
    if asked.campaign:
        return [Way("e.campaign_id = %s", (asked.campaign.pk,), (asked.state,))], ""
    return [Way("true", states=(asked.state,))], ""


def _sought(workspace: Workspace, asked: Asked, every: tuple[str, ...]) -> tuple[list[Way], str]:
    """Campaigns and lines of the name, and leads: whichever of them it is the name of."""
    part, hint = asked.q.lower(), ""
    campaigns = Campaign.objects.of(workspace).alias(low=Lower("name")).filter(low__contains=part)
    ways = [
        Way("e.campaign_id = %s", (pk,), (asked.state,))
        for pk in campaigns.order_by("-pk").values_list("pk", flat=True)[:MOST_NAMED]
    ]
    lines = Line.objects.of(workspace).alias(low=Lower("name")).filter(low__contains=part)
    ways += [Way("e.line_id = %s", (pk,), every) for pk in lines.order_by("pk").values_list("pk", flat=True)[:MOST_NAMED]]
    if len(part) < SHORTEST:
        return ways, "Write three letters or more of a lead's name."
    people = Lead.objects.of(workspace).alias(low=Lower("name")).filter(low__contains=part)
    leads = list(people.values_list("pk", flat=True)[: MOST_LEADS + 1])
    if len(leads) > MOST_LEADS:
        hint = f"More than {MOST_LEADS} leads have this in their name: write more of it to see the right one."
    mine = Enrolment.objects.of(workspace).filter(lead__in=leads[:MOST_LEADS])
    if enrolments := list(mine.order_by("-pk").values_list("pk", flat=True)[:MOST_ENROLMENTS]):
        ways.append(Way("e.enrolment_id = ANY(%s)", (enrolments,), (asked.state,)))
    return ways, hint


def _ids(workspace: Workspace, asked: Asked, ways: list[Way], start: tuple[Any, int] | None) -> list[int]:
    """The newest of each way, and of these the newest, one more than a page has."""
    parts, values = [], []
    for way in ways:
        # What is open is shown whenever it began: beside the range, it is asked for by its states.
        for state in (*way.states, *OPEN) if asked.since and way.states == ("",) else way.states:
            where, given = [f"e.workspace_id = %s AND {way.where}"], [workspace.pk, *way.values]
            if state:
                where.append("e.state = %s")
                given.append(state)
            if asked.campaign:
                where.append("e.campaign_id = %s")
                given.append(asked.campaign.pk)
            if asked.line:
                where.append("e.line_id = %s")
                given.append(asked.line.pk)
            if asked.since and state not in OPEN:
                where.append("e.at >= %s")
                given.append(asked.since)
            if start:
                where.append("e.at <= %s AND (e.at < %s OR e.id < %s)")
                given += [start[0], start[0], start[1]]
            parts.append(
                f"(SELECT e.id, e.at FROM campaigns_execution e WHERE {' AND '.join(where)}"  # noqa: S608  our own words; values are bound
                " ORDER BY e.at DESC, e.id DESC LIMIT %s)"
            )
            values += [*given, SIZE + 1]
    sql = f"SELECT DISTINCT id, at FROM ({' UNION ALL '.join(parts)}) k ORDER BY at DESC, id DESC LIMIT %s"  # noqa: S608  our own words; values are bound
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, SIZE + 1])
        return [row[0] for row in cursor.fetchall()]
