"""What was counted for a report, by part and by day: from the tallies, and where these do not say, from few messages."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import connection

from conversations.models import Tally, TallyBook
from conversations.reports.asked import Asked
from conversations.reports.counting import ANY, COLUMNS, CONDITIONS, ENTRIES, SUMS, base, key
from conversations.reports.dimensions import STAGES, TALLIED
from workspaces.models import Workspace

Counts = dict[str, int]
"""{stage: messages}, all stages."""

_COLUMN: Final = dict(zip(TALLIED, COLUMNS, strict=True))
_ZONE: Final = "%(zone)s"


def counted(asked: Asked) -> tuple[dict[str, Counts], dict[date, Counts]]:
    """({cell: counts}, {day: counts}), without those that hold nothing. Four queries."""
    values = values_of(asked)
    parts: dict[str, Counts] = {}
    days: dict[date, Counts] = {}
    for cell, day, *numbers in _ask(_grouped(_source(asked), SUMS, ANY), values):
        counts = _of(parts, days, cell, day)
        counts.update(zip(TALLIED, map(int, numbers), strict=True))
    for stage in ("positive", "opted_out"):
        for cell, day, n in _ask(_grouped(_messages(asked, stage), "count(*)", "true"), values):
            _of(parts, days, cell, day)[stage] = n
    return parts, days


def by_day(asked: Asked, stage: str, cell: str | None) -> dict[date, int]:
    """How many messages of a stage each day has, of one part or of all."""
    tallied = stage in TALLIED
    source, n = (_source(asked), f"sum(e.{_COLUMN[stage]})") if tallied else (_messages(asked, stage), "count(*)")
    where = "" if cell is None else "WHERE e.key = %(cell)s"
    sql = f"SELECT e.day, {n} FROM ({source}) e {where} GROUP BY 1 HAVING {n} <> 0"  # noqa: S608  our own words; values are bound
    return {day: int(found) for day, found in _ask(sql, values_of(asked) | {"cell": cell})}


def values_of(asked: Asked) -> dict[str, Any]:
    """The values that the words of SQL name."""
    return {
        "workspace": asked.workspace.pk,
        "zone": asked.workspace.time_zone,
        "by": asked.by,
        "first": asked.first_day,
        "last": asked.last,
        "since": asked.since,
        "until": asked.until,
        "campaign": asked.campaign.pk if asked.campaign else Tally.ALL,
        "line": asked.line.pk if asked.line else Tally.ALL,
    }


def where(asked: Asked, at: str) -> str:
    """The condition on a message `m` for the time, campaign and line."""
    parts = ["m.workspace_id = %(workspace)s"]
    parts += [f"{at} >= %(since)s"] if asked.since else []
    parts += [f"{at} < %(until)s"] if asked.until else []
    parts += ["m.campaign_id = %(campaign)s"] if asked.campaign else []
    parts += ["m.line_id = %(line)s"] if asked.line else []
    return " AND ".join(parts)


def kept(workspace: Workspace) -> bool:
    """Whether tallies tell the days of a workspace, as they are in its time zone."""
    return TallyBook.objects.of(workspace).filter(zone=workspace.time_zone).exists()


def _source(asked: Asked) -> str:
    """Rows of key, day and the columns: tallies with the entries that are not in them yet, or else all messages."""
    if not kept(asked.workspace):
        return _entries(asked, f"({ENTRIES} AND m.workspace_id = %(workspace)s)")
    own = asked.by in ("campaign", "line")
    parts = ["workspace_id = %(workspace)s", "by = ''" if own else "by = %(by)s"]
    for name, chosen in (("campaign", asked.campaign), ("line", asked.line)):
        parts.append(f"{name} <> {Tally.ALL}" if asked.by == name and not chosen else f"{name} = %({name})s")
    parts += ["day >= %(first)s"] if asked.first_day else []
    parts += ["day <= %(last)s"] if asked.last else []
    named = f"{asked.by}::text" if own else "key"
    return f"""
    SELECT {named} AS key, day, {", ".join(COLUMNS)} FROM conversations_tally WHERE {" AND ".join(parts)}
    UNION ALL {_entries(asked, "conversations_tallyentry")}
    """  # noqa: S608  our own words; values are bound


def _entries(asked: Asked, table: str) -> str:
    parts = ["e.workspace_id = %(workspace)s"]
    parts += ["e.at >= %(since)s"] if asked.since else []
    parts += ["e.at < %(until)s"] if asked.until else []
    parts += ["e.campaign = %(campaign)s"] if asked.campaign else []
    parts += ["e.line = %(line)s"] if asked.line else []
    return f"""SELECT {key(asked.by, _ZONE)} AS key, (e.at AT TIME ZONE {_ZONE})::date AS day, {", ".join(COLUMNS)}
    FROM {table} e WHERE {" AND ".join(parts)}"""  # noqa: S608  our own words; values are bound


def _messages(asked: Asked, stage: str) -> str:
    """The messages of a stage that no tally holds, because it hangs on rows beside the message. They are few."""
    return f"""
    SELECT {key(asked.by, _ZONE)} AS key, (e.at AT TIME ZONE {_ZONE})::date AS day FROM (
        SELECT m.sent_at AS at, COALESCE(m.campaign_id, -1) AS campaign, COALESCE(m.line_id, -1) AS line,
            m.channel, m.persona, m.icp, m.step, m.variant
        FROM conversations_message m WHERE {base(stage)} AND {CONDITIONS[stage]} AND {where(asked, "m.sent_at")}
    ) e"""  # noqa: S608  our own words; values are bound


def _grouped(source: str, numbers: str, having: str) -> str:
    return f"SELECT e.key, e.day, {numbers} FROM ({source}) e GROUP BY GROUPING SETS ((e.key), (e.day)) HAVING {having}"  # noqa: S608  our own words; values are bound


def _of(parts: dict[str, Counts], days: dict[date, Counts], cell: str, day: date | None) -> Counts:
    if day is None:
        return parts.setdefault(cell, dict.fromkeys(STAGES, 0))
    return days.setdefault(day, dict.fromkeys(STAGES, 0))


def _ask(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
