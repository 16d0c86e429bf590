"""Conversations that a text names: by person, company, campaign, a number in any spelling, or intent reason; newest first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from conversations.folding import folded
from conversations.inbox import conditions, facets, selecting
from conversations.inbox.conditions import Conditions, joined
from conversations.inbox.counting import Counted
from conversations.inbox.filters import Filters
from conversations.inbox.planned import plan_of
from conversations.inbox.positions import Span
from intent import vocabulary as intent
from workspaces.models import Workspace

MOST: Final = 20
FEWEST_DIGITS: Final = 3
MOST_WORDS: Final = 6

FEW: Final = 2_000
"""Conversations of a name that are put in order at once; of more, the newest are looked for along the list."""

AIM: Final = 3
"""The stretch of the list is made so long that it should hold this many times what is wanted ..."""

WIDER: Final = 8
"""... and so many times as long where it does not."""


def named(cursor: Any, workspace: Workspace, filters: Filters, counts: Counted) -> list[int]:
    """Up to MOST conversations that pass `filters`, whose counts are `counts`, and that the text sought with them names."""
    filters, text = replace(filters, sort="newest"), filters.sought
    narrowed = conditions.all_of(workspace, filters)
    digits = digits_of(text)
    found = (
        _by_digits(cursor, workspace, digits, narrowed) if digits else _by_names(cursor, workspace, text, narrowed, filters, counts)
    )
    found |= _by_campaign(cursor, workspace, text, filters, counts)
    found |= _by_reason(workspace, text, filters, counts)
    return sorted(found, key=lambda pk: (found[pk], pk), reverse=True)[:MOST]


Dated = dict[int, datetime]
"""{conversation: its last activity}."""

# The inner part is materialised: an order and a limit beside a text index make the planner walk the whole list instead.
_NEWEST: Final = "WITH found AS MATERIALIZED ({chosen}) SELECT id, last_at FROM found ORDER BY last_at DESC, id DESC LIMIT %s"
_ROWS: Final = "SELECT c.id, c.last_at FROM conversations_conversation c WHERE {where}"
_SINCE: Final = """SELECT last_at FROM conversations_conversation WHERE workspace_id = %s
    ORDER BY last_at DESC, id DESC OFFSET %s LIMIT 1"""


def _by_names(cursor: Any, workspace: Workspace, text: str, narrowed: Conditions, filters: Filters, counts: Counted) -> Dated:
    """Rare names by their index. The newest of a name that many have stand along the list, and mostly near its beginning."""
    words = folded(text).split()[:MOST_WORDS]
    by_index = joined(narrowed, *[_has(word, "c.searched") for word in words])
    everything = max(1, counts.everything)
    named = joined((["c.workspace_id = %s"], [workspace.pk]), *[_has(word, "c.searched") for word in words])
    hits = _estimate(cursor, named) * counts.cube.total(filters.allowed) / everything
    stretch = AIM * MOST * everything / max(hits, 1)
    # adding nothing keeps the planner from the index of names
    along = joined(narrowed, *[_has(word, "(c.searched || '')") for word in words])
    while hits > FEW and stretch < everything / 2:
        cursor.execute(_SINCE, [workspace.pk, int(stretch)])
        since = cursor.fetchone()
        if since is None:
            break
        where, values = joined(along, (["c.last_at >= %s"], list(since)))
        order = "ORDER BY c.last_at DESC, c.id DESC LIMIT %s"
        found = _dated(cursor, f"{_ROWS.format(where=' AND '.join(where))} {order}", values)
        if len(found) == MOST:
            return found
        stretch *= WIDER
    where, values = by_index
    return _dated(cursor, _NEWEST.format(chosen=_ROWS.format(where=" AND ".join(where))), values)


def _has(word: str, column: str) -> Conditions:
    """Anywhere in a name; one or two letters at the beginning of one, which the index knows."""
    literal = _literal(word)
    if len(word) < 3:
        return [f"({column} LIKE %s OR {column} LIKE %s)"], [f"{literal}%", f"% {literal}%"]
    return [f"{column} LIKE %s"], [f"%{literal}%"]


def _literal(text: str) -> str:
    """The text itself, for LIKE."""
    return re.sub(r"([\\%_])", r"\\\1", text)


def _estimate(cursor: Any, where: Conditions) -> float:
    """How many conversations these are, as the planner has it."""
    return float(plan_of(cursor, _ROWS.format(where=" AND ".join(where[0])), where[1])["Plan Rows"])


def _dated(cursor: Any, sql: str, values: Sequence[Any]) -> Dated:
    """`sql` ends in a limit."""
    cursor.execute(sql, [*values, MOST])
    return dict(cursor.fetchall())


LAST: Final = 6
"""Digits that the index is asked for, the last ones: those before are of an area, and many numbers have them."""

_OWNERS: Final = "c.lead_id IN (SELECT lead_id FROM leads_address WHERE workspace_id = %s AND {has})"


def _by_digits(cursor: Any, workspace: Workspace, digits: str, narrowed: Conditions) -> Dated:
    """By the number of the conversation, or any other number of its contact."""
    mine = joined(narrowed, _has_digits(digits, "c.searched"))
    where, values = _has_digits(digits, "value")
    theirs = joined(narrowed, ([_OWNERS.format(has=" AND ".join(where))], [workspace.pk, *values]))
    chosen = " UNION ".join(_ROWS.format(where=" AND ".join(where)) for where, _ in (mine, theirs))
    return _dated(cursor, _NEWEST.format(chosen=chosen), [*mine[1], *theirs[1]])


def _has_digits(digits: str, column: str) -> Conditions:
    """All of them in a row; adding nothing keeps the planner from the index where it is not asked for all."""
    if len(digits) <= LAST:
        return [f"{column} LIKE %s"], [f"%{digits}%"]
    return [f"{column} LIKE %s", f"({column} || '') LIKE %s"], [f"%{digits[-LAST:]}%", f"%{digits}%"]


def _by_campaign(cursor: Any, workspace: Workspace, text: str, filters: Filters, counts: Counted) -> Dated:
    """Those of each campaign whose name holds the text."""
    part = _literal(text.strip().lower())
    cursor.execute("SELECT id FROM campaigns_campaign WHERE workspace_id = %s AND lower(name) LIKE %s", [workspace.pk, f"%{part}%"])
    ids = tuple(pk for (pk,) in cursor.fetchall() if not filters.campaigns or pk in filters.campaigns)
    if not ids:
        return {}
    return _first(workspace, replace(filters, campaigns=ids), facets.cube_of(workspace, ids), counts)


def _by_reason(workspace: Workspace, text: str, filters: Filters, counts: Counted) -> Dated:
    wanted = text.strip().lower()
    before = filters.chosen.get("reason")
    reasons = tuple(
        str(value)
        for value, word in intent.Reason.choices
        if len(wanted) > 2 and wanted in str(word).lower() and (not before or value in before)
    )
    if not reasons:
        return {}
    return _first(workspace, replace(filters, chosen={**filters.chosen, "reason": reasons}), counts.cube, counts)


def _first(workspace: Workspace, filters: Filters, cube: facets.Cube, counts: Counted) -> Dated:
    page = selecting.page(workspace, filters, replace(counts, cube=cube), Span(MOST))
    return {one.pk: one.at for one in page.each}


def digits_of(text: str) -> str:
    """The digits of a number in any spelling: +1 202…, (202) 555-1234, 0044 20…, 020 7946… or the last few of it."""
    if not re.fullmatch(r"[\d\s()+./-]+", text):
        return ""
    digits = re.sub(r"\D", "", text)
    for trunk in ("00", "0"):
        if digits.startswith(trunk) and "+" not in text:
            digits = digits.removeprefix(trunk)
            break
    return digits if len(digits) >= FEWEST_DIGITS else ""
