"""The messages behind a number of a report, by the same words of SQL; and the leads behind the enrolled."""

from __future__ import annotations

from typing import Any, Final

from django.db import connection
from django.db.models import Q

from campaigns.models import Enrolment
from conversations.models import Message
from conversations.reports import numbers
from conversations.reports.asked import Asked
from conversations.reports.dimensions import DIMENSIONS, STAGES
from workspaces import paging

SIZE: Final = 50


def messages(asked: Asked, stage: str, key: str | None, *, before: str = "") -> paging.Page[Message]:
    """A page of the messages of a stage, newest first; of one part where `key` names it, of all where it is None."""
    of = f"report:{asked.workspace.pk}:{stage}:{asked.query()}:{key}"
    start = paging.read_moment(before, of=of)
    ids = _ids(asked, stage, key, start)
    found = Message.objects.of(asked.workspace).filter(pk__in=[pk for pk, _ in ids])
    by_id = found.select_related("conversation", "line", "campaign", "workspace").in_bulk()
    moments = dict(ids)
    rows = [by_id[pk] for pk, _ in ids if pk in by_id]
    return paging.cut(rows, SIZE, lambda row: paging.moment_cursor(moments[row.pk], row.pk, of=of))


def count(asked: Asked, stage: str, key: str | None) -> int:
    """How many there are in all."""
    sql, values = _from(asked, stage, key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {sql}", values)
        return int(cursor.fetchone()[0])


def _from(asked: Asked, stage: str, key: str | None) -> tuple[str, dict[str, Any]]:
    at, base = numbers.stage_where(stage)
    values = numbers.values_of(asked)
    dimension = DIMENSIONS[asked.by]
    where = f"{base} AND {STAGES[stage].where} AND {numbers.where(asked, at)}"
    if key is not None:
        where += f" AND {dimension.key} = %(key)s".replace("{at}", at)
        values["key"] = key
    return f"FROM conversations_message m {dimension.joins if key is not None else ''} WHERE {where}", values


def _ids(asked: Asked, stage: str, key: str | None, start: tuple[Any, int] | None) -> list[tuple[int, Any]]:
    at, _ = numbers.stage_where(stage)
    sql, values = _from(asked, stage, key)
    if start:
        sql += f" AND {at} <= %(moment)s AND ({at} < %(moment)s OR m.id < %(pk)s)"
        values |= {"moment": start[0], "pk": start[1]}
    page = f"SELECT m.id, {at} {sql} ORDER BY {at} DESC, m.id DESC LIMIT {SIZE + 1}"
    with connection.cursor() as cursor:
        cursor.execute(page, values)
        return list(cursor.fetchall())


def enrolments(asked: Asked, *, before: str = "") -> paging.Page[Enrolment]:
    """A page of the leads that were enrolled in the time, newest first."""
    of = f"report:{asked.workspace.pk}:enrolled:{asked.query()}"
    rows = numbers.enrolments(asked).select_related("lead", "campaign").order_by("-created_at", "-pk")
    if start := paging.read_moment(before, of=of):
        rows = rows.filter(Q(created_at__lt=start[0]) | Q(created_at=start[0], pk__lt=start[1]))
    return paging.cut(list(rows[: SIZE + 1]), SIZE, lambda row: paging.moment_cursor(row.created_at, row.pk, of=of))
