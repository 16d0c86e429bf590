"""The numbers of a report: how many messages of each part reached each stage, exact at the moment of asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Count, QuerySet

from campaigns.models import Campaign, Enrolment
from conversations import facets
from conversations.models import Facet
from conversations.reports.asked import Asked
from conversations.reports.dimensions import DIMENSIONS, NOT_DELIVERED, OPTED, STAGES, Dimension
from lines.models import Line

MEMORY: Final = "64MB"
"""For the one query that counts all messages of a time, so that it adds up in memory instead of sorting on disk."""

COUNTED: Final = tuple(name for name in STAGES if name != NOT_DELIVERED)


@dataclass(slots=True)
class Part:
    """The messages of one campaign, line, persona, ...: {stage: how many}."""

    key: str
    label: str
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STAGES, 0))
    enrolled: int | None = None  # leads, where campaigns are told apart
    follow_up: int | None = None  # conversations that wait for an answer now

    def share(self, stage: str) -> float | None:
        """In percent of what it is a part of; None where that is nothing."""
        of = STAGES[stage].of
        whole = self.counts["sent"] + self.counts[NOT_DELIVERED] if of == "tried" else self.counts[of]
        return 100 * self.counts[stage] / whole if whole else None


def where(asked: Asked, at: str) -> str:
    """The condition on `m` for the time, campaign and line."""
    parts = ["m.workspace_id = %(workspace)s"]
    if asked.since:
        parts.append(f"{at} >= %(since)s")
    if asked.until:
        parts.append(f"{at} < %(until)s")
    if asked.campaign:
        parts.append("m.campaign_id = %(campaign)s")
    if asked.line:
        parts.append("m.line_id = %(line)s")
    return " AND ".join(parts)


def values_of(asked: Asked) -> dict[str, Any]:
    """The values that the words of SQL name; the messages before opt-outs are found first, in a query of their own."""
    workspace = asked.workspace
    values: dict[str, Any] = {"workspace": workspace.pk, "lines": list(Line.objects.of(workspace).values_list("pk", flat=True))}
    return values | {
        "zone": workspace.time_zone,
        "since": asked.since,
        "until": asked.until,
        "campaign": asked.campaign.pk if asked.campaign else None,
        "line": asked.line.pk if asked.line else None,
        "opted": [pk for (pk,) in _ask(OPTED, values)],
    }


def stage_where(stage: str) -> tuple[str, str]:
    """(the column of the moment, the condition that all messages of the stage's half fulfil)."""
    if stage == NOT_DELIVERED:
        return "m.at", "m.status = 'not_delivered'"
    return "m.sent_at", "m.sent_at IS NOT NULL AND m.direction = 'out' AND m.status <> 'not_delivered'"


@dataclass(frozen=True, slots=True)
class Day:
    """What was handed over on one day of the workspace's calendar, what of it was answered, and what was not delivered."""

    day: date
    sent: int
    replied: int
    positive: int
    failed: int


@dataclass(frozen=True, slots=True)
class Found:
    """`parts` with what they reached, the largest first, hours in their order; `days` on which anything happened."""

    parts: list[Part]
    days: list[Day]


def found(asked: Asked) -> Found:
    """Both from one pass over the messages of the time. Three queries, and three more for campaigns."""
    dimension = DIMENSIONS[asked.by]
    named: dict[str, Part] = {}
    by_day: dict[date, dict[str, int]] = {}
    for key, day, label, *counts in _ask(_sql(asked, dimension), values_of(asked), memory=MEMORY):
        part = named.setdefault(key, Part(key, label or dimension.none))
        per_day = by_day.setdefault(day, dict.fromkeys(STAGES, 0))
        for stage, n in zip(STAGES, counts, strict=True):
            part.counts[stage] += n
            per_day[stage] += n
    if asked.by == "campaign":
        _with_people(asked, named)
    ordered = sorted(named.values(), key=lambda part: (-part.counts["sent"], -part.counts[NOT_DELIVERED], part.label))
    days = [Day(day, n["sent"], n["replied"], n["positive"], n[NOT_DELIVERED]) for day, n in sorted(by_day.items())]
    return Found([named[key] for key in sorted(named)] if asked.by == "hour" else ordered, days)


def parts(asked: Asked) -> list[Part]:
    return found(asked).parts


def _sql(asked: Asked, dimension: Dimension) -> str:
    """Two halves: what was handed over in the time, and what was not delivered in it; by part and day."""
    halves = []
    for stages in (COUNTED, (NOT_DELIVERED,)):
        at, base = stage_where("sent" if stages is COUNTED else NOT_DELIVERED)
        numbers = [f"count(*) FILTER (WHERE {STAGES[name].where})" if name in stages else "0" for name in STAGES]
        halves.append(
            f"SELECT {dimension.key}, ({at} AT TIME ZONE %(zone)s)::date, max({dimension.label}), {', '.join(numbers)}"  # noqa: S608
            f" FROM conversations_message m {dimension.joins} WHERE {base} AND {where(asked, at)} GROUP BY 1, 2".replace("{at}", at)
        )
    return f"SELECT * FROM ({' UNION ALL '.join(halves)}) k"  # noqa: S608  our own words


def _ask(sql: str, values: dict[str, Any], *, memory: str = "") -> list[tuple[Any, ...]]:
    with transaction.atomic(), connection.cursor() as cursor:
        if memory:
            cursor.execute("SELECT set_config('work_mem', %s, true)", [memory])
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def total(found: list[Part]) -> Part:
    """All parts together."""
    whole = Part("", "All")
    for part in found:
        for stage, n in part.counts.items():
            whole.counts[stage] += n
    return whole


def enrolled(asked: Asked) -> int:
    return enrolments(asked).count()


def enrolments(asked: Asked) -> QuerySet[Enrolment]:
    """Leads that were enrolled in the time; their line is the one they keep to."""
    rows = Enrolment.objects.of(asked.workspace)
    rows = rows.filter(created_at__gte=asked.since) if asked.since else rows
    rows = rows.filter(created_at__lt=asked.until) if asked.until else rows
    rows = rows.filter(campaign=asked.campaign) if asked.campaign else rows
    return rows.filter(line=asked.line) if asked.line else rows


def _with_people(asked: Asked, named: dict[str, Part]) -> None:
    """Enrolments of each campaign, and how many of its conversations wait for an answer now (S0-123)."""
    counted = enrolments(asked).order_by().values_list("campaign__public_id", "campaign__name").annotate(n=Count("pk"))
    for key, label, n in counted:
        named.setdefault(key, Part(key, label)).enrolled = n
    waiting = facets.by_campaign(asked.workspace, {"waiting": frozenset({"yes"}), "archived": frozenset({""})})
    names = dict(Campaign.objects.of(asked.workspace).filter(public_id__in=named).values_list("public_id", "pk"))
    for key, part in named.items():
        part.follow_up = waiting.get(names.get(key, Facet.NONE), 0)
        if key:
            part.enrolled = part.enrolled or 0
