"""The numbers of a report: how many messages of each part reached each stage, exact at the moment of asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Count, QuerySet

from campaigns.models import Campaign, Enrolment
from conversations import facets
from conversations.models import Facet
from conversations.reports.asked import Asked
from conversations.reports.dimensions import DIMENSIONS, JOINS, NOT_DELIVERED, OPTED, STAGES, Dimension
from lines.models import Line

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


def where(asked: Asked, at: str) -> tuple[str, dict[str, Any]]:
    """The condition on `m` for the time, campaign and line, and its values."""
    parts, values = ["m.workspace_id = %(workspace)s"], values_of(asked)
    if asked.since:
        parts.append(f"{at} >= %(since)s")
    if asked.until:
        parts.append(f"{at} < %(until)s")
    if asked.campaign:
        parts.append("m.campaign_id = %(campaign)s")
    if asked.line:
        parts.append("m.line_id = %(line)s")
    return " AND ".join(parts), values


def values_of(asked: Asked) -> dict[str, Any]:
    workspace = asked.workspace
    return {
        "workspace": workspace.pk,
        "zone": workspace.time_zone,
        "since": asked.since,
        "until": asked.until,
        "campaign": asked.campaign.pk if asked.campaign else None,
        "line": asked.line.pk if asked.line else None,
        "lines": list(Line.objects.of(workspace).values_list("pk", flat=True)),
    }


def stage_where(stage: str) -> tuple[str, str]:
    """(the column of the moment, the condition that all messages of the stage's half fulfil)."""
    if stage == NOT_DELIVERED:
        return "m.at", "m.status = 'not_delivered'"
    return "m.sent_at", "m.sent_at IS NOT NULL AND m.direction = 'out' AND m.status <> 'not_delivered'"


def parts(asked: Asked) -> list[Part]:
    """Each part with what it reached, the largest first; hours in their order. Three queries, and two for campaigns."""
    dimension = DIMENSIONS[asked.by]
    found: dict[str, Part] = {}
    for key, label, *numbers in _ask(_sql(asked, dimension), where(asked, "")[1]):
        part = found.setdefault(key, Part(key, label or dimension.none))
        for stage, n in zip(STAGES, numbers, strict=True):
            part.counts[stage] += n
    if asked.by == "campaign":
        _with_people(asked, found)
    if asked.by == "hour":
        return [found[key] for key in sorted(found)]
    return sorted(found.values(), key=lambda part: (-part.counts["sent"], -part.counts[NOT_DELIVERED], part.label))


def _sql(asked: Asked, dimension: Dimension) -> str:
    """Two halves: what was handed over in the time, and what was not delivered in it."""
    halves = []
    for stages in (COUNTED, (NOT_DELIVERED,)):
        at, base = stage_where("sent" if stages is COUNTED else NOT_DELIVERED)
        numbers = [f"count(*) FILTER (WHERE {STAGES[name].where})" if name in stages else "0" for name in STAGES]
        more = JOINS if stages is COUNTED else ""
        halves.append(
            f"SELECT {dimension.key}, max({dimension.label}), {', '.join(numbers)}"  # noqa: S608  our own words
            f" FROM conversations_message m {more} {dimension.joins}"
            f" WHERE {base} AND {where(asked, at)[0]} GROUP BY 1".replace("{at}", at)
        )
    return f"SELECT * FROM (WITH {OPTED} {' UNION ALL '.join(halves)}) k"  # noqa: S608  our own words


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
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


def _with_people(asked: Asked, found: dict[str, Part]) -> None:
    """Enrolments of each campaign, and how many of its conversations wait for an answer now (S0-123)."""
    counted = enrolments(asked).order_by().values_list("campaign__public_id", "campaign__name").annotate(n=Count("pk"))
    for key, label, n in counted:
        found.setdefault(key, Part(key, label)).enrolled = n
    waiting = facets.by_campaign(asked.workspace, {"waiting": frozenset({"yes"}), "archived": frozenset({""})})
    names = dict(Campaign.objects.of(asked.workspace).filter(public_id__in=found).values_list("public_id", "pk"))
    for key, part in found.items():
        part.follow_up = waiting.get(names.get(key, Facet.NONE), 0)
        if key:
            part.enrolled = part.enrolled or 0


@dataclass(frozen=True, slots=True)
class Day:
    """What was handed over on one day of the workspace's calendar, what of it was answered, and what was not delivered."""

    day: date
    sent: int
    replied: int
    positive: int
    failed: int


def days(asked: Asked) -> list[Day]:
    """Only days on which anything happened. One query."""
    sent, base = where(asked, "m.sent_at")[0], stage_where("sent")[1]
    failed, lost = where(asked, "m.at")[0], stage_where(NOT_DELIVERED)[1]
    sql = f"""
    SELECT day, sum(sent)::int, sum(replied)::int, sum(positive)::int, sum(failed)::int FROM (
        SELECT (m.sent_at AT TIME ZONE %(zone)s)::date AS day, count(*) FILTER (WHERE {STAGES["sent"].where}) AS sent,
            count(*) FILTER (WHERE m.replied_at IS NOT NULL) AS replied,
            count(*) FILTER (WHERE {STAGES["positive"].where}) AS positive, 0 AS failed
        FROM conversations_message m
        LEFT JOIN conversations_conversation c ON c.id = m.conversation_id AND m.replied_at IS NOT NULL
        WHERE {base} AND {sent} GROUP BY 1
        UNION ALL
        SELECT (m.at AT TIME ZONE %(zone)s)::date, 0, 0, 0, count(*) FROM conversations_message m
        WHERE {lost} AND {failed} GROUP BY 1
    ) k GROUP BY 1 ORDER BY 1
    """  # noqa: S608  our own words
    return [Day(*row) for row in _ask(sql, values_of(asked))]
