"""Writing down what lines answered, and freeing them for what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from leads.checks.deciding import Result, Step, step
from leads.checks.order import addresses_of
from leads.checks.picking import Ask
from leads.models import Address, CheckItem
from lines.models import Line

BACK_OFF: Final = (0, 5, 20, 80, 300)
"""Seconds that a line rests after so many checks in a row that it could not answer."""

MOST_LOSSES: Final = 2
"""Times an item may be lost with its worker before it ends as an error (S3-28)."""

LOST: Final = "The check was begun and never came back. Check it again; if it happens again, look at the line’s server."

State = CheckItem.State
Availability = Address.Availability


@transaction.atomic
def record(results: Sequence[Result]) -> int:
    """Apply answers; how many counted. One whose claim was lost meanwhile changes nothing."""
    answers = {result.item_id: result for result in results}
    rows = CheckItem.objects.filter(pk__in=answers, state=State.ASKING).order_by("pk").select_for_update(no_key=True)
    items = [item for item in rows if item.lease_until == answers[item.pk].lease]
    left = _left([item for item in items if answers[item.pk].verdict != "available"])
    steps = {item.pk: step(answers[item.pk], item, left.get(item.pk, 0)) for item in items}
    _write_items(items, steps, answers)
    _write_addresses([(item.workspace_id, item.value, steps[item.pk].availability) for item in items])
    return len(items)


def _left(items: list[CheckItem]) -> dict[int, int]:
    """How many addresses each has to ask about after the one at hand."""
    known = addresses_of(items)
    return {item.pk: len([value for value in known[item.pk] if value not in (*item.tried, item.value)]) for item in items}


def _write_items(items: list[CheckItem], steps: dict[int, Step], answers: dict[int, Result]) -> None:
    rows = [(item, steps[item.pk], answers[item.pk]) for item in items]
    columns: list[list[Any]] = [
        [item.pk for item, _, _ in rows],
        [one.state.value for _, one, _ in rows],
        [str(one.outcome) for _, one, _ in rows],
        [answer.reason[:300] for _, _, answer in rows],
        [item.value if one.availability else "" for item, one, _ in rows],
        [one.asks for _, one, _ in rows],
        [one.failed for _, one, _ in rows],
        [one.wait for _, one, _ in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, columns)


def _write_addresses(found: list[tuple[int, str, str]]) -> None:
    if answered := [row for row in found if row[2]]:
        with connection.cursor() as cursor:
            cursor.execute(_ADDRESSES, [list(column) for column in zip(*answered, strict=True)])


def give_back(asks: Sequence[Ask]) -> None:
    """Claimed and not made: they wait again."""
    for lease in {one.lease for one in asks}:
        ids = [one.item_id for one in asks if one.lease == lease]
        claimed = CheckItem.objects.filter(pk__in=ids, state=State.ASKING, lease_until=lease)
        claimed.update(state=State.QUEUED, lease_until=None)


@dataclass(frozen=True, slots=True)
class Freed:
    """A line that has asked its batch. `in_order`: it could be asked."""

    line: Line
    lease: datetime
    since_asked: float  # seconds since its last asking began
    unasked: int  # claimed and not made
    in_order: bool


def free_lines(freed: Sequence[Freed]) -> None:
    """The next check of a line may begin when its spacing has passed since the last one began."""
    columns: list[list[Any]] = [
        [one.line.pk for one in freed],
        [one.lease for one in freed],
        [max(0.0, one.line.check_spacing - one.since_asked) for one in freed],
        [one.unasked for one in freed],
        [one.in_order for one in freed],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_FREE_LINES, [[float(seconds) for seconds in BACK_OFF], len(BACK_OFF), *columns])


@transaction.atomic
def end_lost() -> int:
    """Items whose asker never came back are asked again; after two such losses they end as an error. How many."""
    lost = CheckItem.objects.filter(state=State.ASKING, lease_until__lte=timezone.now()).order_by("pk")
    items = list(lost.select_for_update(skip_locked=True, no_key=True)[:500])
    ended = []
    for item in items:
        item.losses, item.lease_until, item.state = item.losses + 1, None, State.QUEUED
        if item.losses >= MOST_LOSSES:
            item.state, item.outcome, item.reason = State.DONE, Availability.ERROR, LOST
            item.finished_at = timezone.now()
            ended.append((item.workspace_id, item.value, str(Availability.ERROR)))
        item.save(update_fields=["losses", "lease_until", "state", "outcome", "reason", "finished_at"])
    _write_addresses(ended)
    return len(items)


@transaction.atomic
def end(item_id: int, reason: str) -> bool:
    """End a waiting item as an error that says why; False when it waits no more."""
    changed = CheckItem.objects.filter(pk=item_id, state=State.QUEUED).update(
        state=State.DONE, outcome=Availability.ERROR, reason=reason[:300], finished_at=timezone.now()
    )
    if changed:
        item = CheckItem.objects.get(pk=item_id)
        values = addresses_of([item])[item.pk]
        left = [value for value in values if value not in item.tried][:1]
        _write_addresses([(item.workspace_id, value, str(Availability.ERROR)) for value in left])
    return bool(changed)


_ITEMS: Final = """
UPDATE leads_checkitem i SET
    state = v.state, outcome = v.outcome, reason = CASE WHEN v.reason = '' THEN i.reason ELSE v.reason END,
    tried = CASE WHEN v.answered = '' THEN i.tried ELSE array_append(i.tried, v.answered::varchar) END,
    asks = v.asks, failed = v.failed, losses = 0, lease_until = NULL,
    run_at = statement_timestamp() + make_interval(secs => v.wait),
    finished_at = CASE WHEN v.state = 'done' THEN statement_timestamp() END
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::smallint[], %s::boolean[], %s::double precision[])
     AS v(id, state, outcome, reason, answered, asks, failed, wait)
WHERE i.id = v.id
"""

# LATERAL asks the index once for each, and lists of ids are made once: with the statistics of a table that an import has just
# filled, a plain join would go through all of it.
# Locked in order of id, so that an import that writes the same rows cannot deadlock with us.
_ADDRESSES: Final = """
WITH found AS MATERIALIZED (
    SELECT f.id, v.availability FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS v(workspace_id, value, availability)
    CROSS JOIN LATERAL (
        SELECT a.id FROM leads_address a WHERE a.workspace_id = v.workspace_id AND a.value = v.value LIMIT 1
    ) f
), locked AS MATERIALIZED (
    SELECT a.id FROM leads_address a WHERE a.id = ANY(ARRAY(SELECT id FROM found)) ORDER BY a.id FOR NO KEY UPDATE
)
UPDATE leads_address a SET availability = f.availability, checked_at = statement_timestamp()
FROM found f WHERE a.id = ANY(ARRAY(SELECT id FROM locked)) AND a.id = f.id
"""

_FREE_LINES: Final = """
UPDATE leads_checkpace p SET
    busy_until = NULL, used = GREATEST(0, p.used - v.unasked),
    failures = CASE WHEN v.ok THEN 0 ELSE LEAST(p.failures + 1, 100) END,
    next_at = statement_timestamp() + make_interval(secs => GREATEST(
        v.wait, CASE WHEN v.ok THEN 0 ELSE (%s::double precision[])[LEAST(p.failures + 1, %s)] END))
FROM unnest(%s::bigint[], %s::timestamptz[], %s::double precision[], %s::int[], %s::boolean[])
     AS v(line_id, lease, wait, unasked, ok)
WHERE p.line_id = v.line_id AND p.busy_until = v.lease
"""
