"""What the rows of a list show: one query, no model instances, in the order they were selected in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from django.db import connection

from conversations.inbox.positions import Positions, Statement
from workspaces.models import User, Workspace


class Row(NamedTuple):
    """What a row shows; the names are those of its columns."""

    id: int
    public_id: str
    contact_name: str
    company_name: str
    campaign_id: int | None
    campaign_name: str
    address: str
    family: str
    last_at: datetime
    last_direction: str
    last_channel: str
    last_status: str
    last_reason: str
    preview: str
    unread: int
    waiting_since: datetime | None
    archived_at: datetime | None
    snoozed_until: datetime | None
    intent_status: str
    intent_reason: str
    intent_score: int | None
    icp_match: bool
    company__icp: str | None
    lead__persona: str | None
    lead__persona_match: bool | None
    line__name: str | None
    line__kind: str | None
    line__address: str | None
    tags: str  # their names, joined by TAG_END
    has_draft: bool  # the reader has begun to write here


TAG_END: Final = "\x1f"
_TAGS: Final = f"""(SELECT string_agg(t.name, '{TAG_END}' ORDER BY lower(t.name)) FROM conversations_conversationtag k
    JOIN conversations_tag t ON t.id = k.tag_id WHERE k.conversation_id = c.id)"""  # noqa: S608  our own words; values are bound
_HAS_DRAFT: Final = """EXISTS (SELECT 1 FROM conversations_draft d
    WHERE d.workspace_id = c.workspace_id AND d.conversation_id = c.id AND d.user_id = %s)"""
_MADE: Final = {"tags": f"COALESCE({_TAGS}, '')", "has_draft": _HAS_DRAFT}
_JOINS = """
JOIN conversations_conversation c ON c.id = p.id
LEFT JOIN leads_company company ON company.id = c.company_id
LEFT JOIN leads_lead lead ON lead.id = c.lead_id
LEFT JOIN lines_line line ON line.id = c.line_id
"""
_COLUMNS = ", ".join(_MADE.get(name) or (name.replace("__", ".") if "__" in name else f"c.{name}") for name in Row._fields)


def selected(statement: Statement | None, reader: User | None = None) -> tuple[Positions, list[Row]]:
    """The rows a statement selects, and where they stand, in the list's order, as `reader` sees them. One query; none for no
    statement."""
    if not statement:
        return Positions([]), []
    sql, values = statement
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.rank, p.last_at, p.id, p.total, p.whole, {_COLUMNS} FROM ({sql}) p {_JOINS}"  # noqa: S608  our own words; values are bound
            " ORDER BY p.rank, p.last_at DESC, p.id DESC",
            [reader.pk if reader else 0, *values],
        )
        found = cursor.fetchall()
    return Positions.of(found), [Row._make(row[5:]) for row in found]


def of(workspace: Workspace, ids: Sequence[int], reader: User | None = None) -> list[Row]:
    """The rows of these conversations, in this order. One query."""
    if not ids:
        return []
    mine = """SELECT 0 AS rank, last_at, id, 0 AS total, TRUE AS whole FROM conversations_conversation
        WHERE workspace_id = %s AND id = ANY(%s)"""
    found = {row.id: row for row in selected((mine, [workspace.pk, list(ids)]), reader)[1]}
    return [found[pk] for pk in ids if pk in found]
