"""Locking lines for a claim, and deciding how many of their messages this sender may take.

Nobody waits here: a line that another process is claiming for is skipped (SKIP LOCKED). How much a line's gateway may have at
once is counted under its lock, over all senders. Senders divide the lines among themselves; that affects speed only.

Lines and workspaces are read by plain statements: having the ORM compose the SQL each time would cost the claim of a single
message more than everything else it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.db.models import prefetch_related_objects

from conversations.sending.sender import Turn, turn_of
from lines.models import Line
from workspaces import statements
from workspaces.models import Workspace

# One index probe per line. EXISTS means the same, but the planner may turn it into a join, which reads everything queued, even
# next week's.
_HAS_WORK: Final = """(
    SELECT true FROM conversations_message m
    WHERE m.line_id = l.id AND m.state = 'queued' AND m.run_at <= statement_timestamp()
    ORDER BY m.run_at LIMIT 1)"""

_OTHERS: Final = """(
    SELECT COUNT(*) FROM conversations_message o
    WHERE o.line_id = l.id AND o.state = 'sending' AND o.sender IS DISTINCT FROM %(sender)s::bigint)"""

# Starting after the last claim's final line, so that lines that were not reached come first next time. Of several senders each
# takes its own lines, and those for which nobody else has anything under way.
_LINES_WITH_WORK: Final = f"""
SELECT l.* FROM lines_line l
WHERE l.status = ANY(%(sending)s::text[]) AND l.id <> ALL(%(shut)s::bigint[]) AND {_HAS_WORK}
  AND {_OTHERS} < CASE l.id %% %(of)s::int WHEN %(place)s::int THEN l.max_in_flight ELSE 1 END
ORDER BY l.id <= %(last)s::bigint, l.id
LIMIT %(limit)s::int
FOR NO KEY UPDATE OF l SKIP LOCKED
"""  # noqa: S608  our own words; values are bound

_OWN_WORK: Final = f"""
SELECT EXISTS (
    SELECT 1 FROM lines_line l
    WHERE l.status = ANY(%(sending)s::text[]) AND l.id %% %(of)s::int = %(place)s::int AND {_HAS_WORK})
"""  # noqa: S608  our own words; values are bound

_LINE_OF: Final = """
SELECT l.* FROM conversations_message m JOIN lines_line l ON l.id = m.line_id
WHERE l.status = ANY(%(sending)s::text[]) AND m.id = %(only)s::bigint
FOR NO KEY UPDATE OF l SKIP LOCKED
"""

_IN_FLIGHT: Final = """
SELECT line_id, COUNT(*) FILTER (WHERE sender = %(sender)s::bigint),
    COUNT(*) FILTER (WHERE sender IS DISTINCT FROM %(sender)s::bigint)
FROM conversations_message WHERE line_id = ANY(%(lines)s::bigint[]) AND state = 'sending' GROUP BY line_id
"""

_WORKSPACES: Final = "SELECT * FROM workspaces_workspace WHERE id = ANY(%s)"

Allowance = Callable[[int, int, int], int]
"""(line, sends that its gateway may have from us, those we have claimed) -> how many more this process wants to claim."""


def up_to_at_once(line: int, at_once: int, mine: int) -> int:
    """The default `Allowance`: claim what the gateway may have at once, nothing ahead."""
    return at_once - mine


@dataclass(frozen=True, slots=True)
class LockedLine:
    """`at_once`: sends that its gateway may have from this sender; `free`: messages that may be claimed for it."""

    line: Line
    at_once: int
    free: int


TURN_HOLDS: Final = 0.25
"""Seconds for which a sender relies on what it knows of the others; then it asks again who else is running."""


class LastClaim:
    """What this process remembers of its last claim: the line where it ended, and whose turn it was. Losing it only costs time."""

    line: ClassVar[int] = 0
    turn: ClassVar[tuple[int, float, Turn]] = (0, 0.0, Turn())  # sender, until, its turn

    @classmethod
    def turn_of(cls, sender: int) -> Turn:
        """Asked a few times a second only: for a claim of one message each query counts."""
        known, until, turn = cls.turn
        if known != sender or time.monotonic() > until:
            turn = turn_of(sender)
            cls.turn = (sender, time.monotonic() + TURN_HOLDS, turn)
        return turn


def lock_lines(sender: int, limit: int, shut: Collection[int], more: Allowance, only: int | None) -> dict[int, LockedLine]:
    """Lock up to `limit` lines that have work, except those of `shut`; or only the line of message `only`. {line id: locked line}.

    What other senders have claimed counts as under way. This process may claim more than it sends at once: with each claim it
    learns, under the line's lock, how many sends the gateway may have from it now (`at_once`). When it is another sender's
    turn at a line it takes half, so that there is always room for that one to begin.
    """
    turn = LastClaim.turn_of(sender)
    which: dict[str, object] = {"sending": list(Line.SENDING), "sender": sender}
    if only is None:
        which |= {"place": turn.place, "of": turn.of, "shut": list(shut), "last": LastClaim.line, "limit": limit}
        lines = list(Line.objects.raw(_LINES_WITH_WORK, which))
    else:
        lines = list(Line.objects.raw(_LINE_OF, which | {"only": only}))
    if not lines:
        return {}
    LastClaim.line = lines[-1].pk
    rows = statements.run(_IN_FLIGHT, {"sender": sender, "lines": [line.pk for line in lines]})
    flying = {line: (mine, others) for line, mine, others in rows}
    _attach_workspaces(lines)
    held = {}
    for line in sorted(lines, key=lambda line: line.pk):
        mine, others = flying.get(line.pk, (0, 0))
        at_once = max(0, line.max_in_flight - others)
        if turn.owns(line.pk):
            free = more(line.pk, at_once, mine)
        else:
            at_once = min(at_once, max(1, line.max_in_flight // 2))
            free = min(more(line.pk, at_once, mine), max(0, at_once - mine))
        held[line.pk] = LockedLine(line, at_once, free)
    return held


def _attach_workspaces(lines: Sequence[Line]) -> None:
    """Set their workspaces, one instance per workspace, and fetch their fallback lines."""
    found = Workspace.objects.raw(_WORKSPACES, [list({line.workspace_id for line in lines})])
    workspaces = {workspace.pk: workspace for workspace in found}
    for line in lines:
        line.workspace = workspaces[line.workspace_id]
    prefetch_related_objects([line for line in lines if line.fallback_line_id], "fallback_line")


def waits_for_others(sender: int) -> bool:
    """Whether it is this sender's turn at lines with due messages that another sender may not be done with."""
    turn = turn_of(sender)
    if turn.of == 1:
        return False
    which = {"sending": list(Line.SENDING), "place": turn.place, "of": turn.of}
    return bool(statements.run(_OWN_WORK, which)[0][0])
