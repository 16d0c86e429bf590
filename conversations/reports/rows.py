"""The messages behind a number of a report, by the same words of SQL; and the leads behind the enrolled.

The counts by day tell on which days the rows of a page are: only these are looked at, however rare the rows.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from campaigns.models import Enrolment
from conversations.models import Message
from conversations.reports import people, sums
from conversations.reports.asked import Asked, midnight
from conversations.reports.counting import CONDITIONS, base, key
from conversations.reports.dimensions import NOT_DELIVERED
from conversations.reports.naming import cell_of
from workspaces import paging

SIZE: Final = 50


def messages(asked: Asked, stage: str, part: str | None, *, before: str = "") -> paging.Page[Message]:
    """A page of the messages of a stage, newest first; of the part of this key, of all where it is None."""
    of = f"report:{asked.workspace.pk}:{stage}:{asked.query()}:{part}"
    cell = None if part is None else cell_of(asked.workspace, asked.by, part)
    ids = _ids(asked, stage, cell, paging.read_moment(before, of=of))
    found = Message.objects.of(asked.workspace).filter(pk__in=[pk for pk, _ in ids])
    by_id = found.select_related("conversation", "line", "campaign", "workspace").in_bulk()
    moments = dict(ids)
    rows = [by_id[pk] for pk, _ in ids if pk in by_id]
    return paging.cut(rows, SIZE, lambda row: paging.moment_cursor(moments[row.pk], row.pk, of=of))


def count(asked: Asked, stage: str, part: str | None) -> int:
    """How many there are in all, from the counts that the report itself shows."""
    cell = None if part is None else cell_of(asked.workspace, asked.by, part)
    return sum(sums.by_day(asked, stage, cell).values())


def _ids(asked: Asked, stage: str, cell: str | None, start: tuple[Any, int] | None) -> list[tuple[int, Any]]:
    at = "m.at" if stage == NOT_DELIVERED else "m.sent_at"
    spans = _spans(asked, sums.by_day(asked, stage, cell), start)
    where = [base(stage), CONDITIONS[stage], sums.where(asked, at), f"{at} >= s.begins AND {at} < s.ends"]
    where += _of_part(asked, cell)
    where += [f"{at} <= %(moment)s AND ({at} < %(moment)s OR m.id < %(pk)s)"] if start else []
    sql = f"""
    SELECT r.id, r.at FROM unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) s(begins, ends)
    CROSS JOIN LATERAL (
        SELECT m.id, e.at FROM conversations_message m
        CROSS JOIN LATERAL (
            SELECT {at} AS at, COALESCE(m.campaign_id, -1) AS campaign, COALESCE(m.line_id, -1) AS line,
                m.channel, m.persona, m.icp, m.step, m.variant
        ) e
        WHERE {" AND ".join(where)} ORDER BY {at} DESC, m.id DESC LIMIT {SIZE + 1}
    ) r ORDER BY r.at DESC, r.id DESC LIMIT {SIZE + 1}
    """  # noqa: S608  our own words; values are bound
    moment, pk = start or (None, None)
    values = sums.values_of(asked) | {"cell": cell, "moment": moment, "pk": pk}
    with connection.cursor() as cursor:
        cursor.execute(sql, values | {"begins": [one for one, _ in spans], "ends": [one for _, one in spans]})
        return list(cursor.fetchall())


def _of_part(asked: Asked, cell: str | None) -> list[str]:
    """That a message is of this part; where the part is of a campaign, also in words that an index knows."""
    if cell is None:
        return []
    own = asked.by in ("campaign", "step", "variant") and cell.partition(":")[0].isdecimal()
    return [f"{key(asked.by, '%(zone)s')} = %(cell)s", *(["m.campaign_id = split_part(%(cell)s, ':', 1)::bigint"] if own else [])]


def _spans(asked: Asked, days: dict[date, int], start: tuple[Any, int] | None) -> list[tuple[datetime, datetime]]:
    """The newest days that hold a page of rows, each from its midnight to the next; where to start is amid the first."""
    spans, held = [], 0
    first = start[0].astimezone(asked.workspace.zone).date() if start else None
    for day in sorted(days, reverse=True):
        if first and day > first:
            continue
        spans.append((midnight(day, asked.workspace), midnight(day + timedelta(days=1), asked.workspace)))
        held += 0 if day == first else days[day]
        if held > SIZE:
            break
    return spans


def enrolments(asked: Asked, *, before: str = "") -> paging.Page[Enrolment]:
    """A page of the leads that were enrolled in the time, newest first."""
    of = f"report:{asked.workspace.pk}:enrolled:{asked.query()}"
    rows = people.enrolments(asked).select_related("lead", "campaign")
    return paging.by_moment(rows, "created_at", before, SIZE, of=of)
