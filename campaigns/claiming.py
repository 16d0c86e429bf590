"""Claiming what is due: a batch of one campaign's visits at a time, each held together with its enrolment.

Any number of workers may claim (SKIP LOCKED). What is done with a batch commits with it, so that no step is taken twice,
even if a worker is killed or runs twice. A paused campaign is one row that the claim reads.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from campaigns.models import Campaign, Execution
from campaigns.vocabulary import ExecutionState

log = structlog.get_logger(__name__)

AT_ONCE: Final = 100
"""Visits in one transaction. A reply to any of them waits until all are done, a few tenths of a second at most."""

AGAIN_AFTER: Final = timedelta(minutes=5)
"""When a visit is tried again that raised an error."""

SOON: Final = timedelta(seconds=2)

Work = Callable[[Sequence[Execution]], None]

# The first of each, by LIMIT: a campaign of a million that is due costs no more than one of ten.
_AT_WORK: Final = """
SELECT c.id FROM campaigns_campaign c
WHERE c.status = 'running' AND (
    (SELECT e.id FROM campaigns_enrolment e
     WHERE e.campaign_id = c.id AND e.state = 'active' AND e.begun_at IS NULL LIMIT 1) IS NOT NULL
    OR (SELECT x.id FROM campaigns_execution x
        WHERE x.campaign_id = c.id AND x.state = 'pending' AND x.handed_at IS NULL AND x.due_at <= statement_timestamp()
        ORDER BY x.due_at, x.id LIMIT 1) IS NOT NULL
    OR (SELECT x.id FROM campaigns_execution x
        WHERE x.campaign_id = c.id AND x.state = 'waiting' AND x.handed_at IS NULL AND x.due_at <= statement_timestamp()
        ORDER BY x.due_at, x.id LIMIT 1) IS NOT NULL)
ORDER BY c.id
"""

# In the order of the index `execution_due`, also while the planner knows nothing of rows that have just been written:
# sorting a hundred thousand that are due, for each hundred that are taken, would cost more than taking them.
_IN_ORDER: Final = "SELECT set_config('enable_sort', %s, true)"

_CLAIM: Final = """
SELECT x.id FROM campaigns_execution x
JOIN campaigns_enrolment e ON e.id = x.enrolment_id
JOIN campaigns_campaign c ON c.id = x.campaign_id
WHERE x.campaign_id = %s AND x.state = %s AND x.state IN ('waiting', 'pending') AND x.handed_at IS NULL
  AND x.due_at <= statement_timestamp() AND e.state = 'active' AND c.status = 'running'
ORDER BY x.due_at, x.id
LIMIT %s
FOR NO KEY UPDATE OF x, e SKIP LOCKED
"""


def at_work() -> list[int]:
    """Campaigns that have something due, by id."""
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK)
        return [row[0] for row in cursor.fetchall()]


def work_off(campaign_id: int, state: ExecutionState, work: Work, most: int = AT_ONCE) -> int:
    """Do `work` with up to `most` due visits of this state; how many there were.

    Where it raises, nothing of the batch is written and its visits are taken one by one, so that one holds up no other.
    """
    try:
        return _some(campaign_id, state, work, most)
    except Exception:
        log.warning("batch_of_steps_not_taken", campaign=campaign_id, exc_info=True)
    taken = 0
    while taken < most and _one(campaign_id, state, work):
        taken += 1
    return taken


@transaction.atomic
def _some(campaign_id: int, state: ExecutionState, work: Work, most: int) -> int:
    visits = _claim(campaign_id, state, most)
    if visits:
        work(visits)
    return len(visits)


def _one(campaign_id: int, state: ExecutionState, work: Work) -> bool:
    """Take one visit alone; where that raises, put it off. False when none is due."""
    held: list[int] = []

    def noted(visits: Sequence[Execution]) -> None:
        held.extend(visit.pk for visit in visits)
        work(visits)

    try:
        return bool(_some(campaign_id, state, noted, 1))
    except OperationalError:  # PostgreSQL broke it off because others were in the way
        _put_off(held, "It is tried again in a moment.", SOON)
    except Exception:
        log.exception("step_not_taken", executions=held)
        _put_off(held, "Something went wrong here. It is tried again in a few minutes.", AGAIN_AFTER)
    return bool(held)


def _claim(campaign_id: int, state: ExecutionState, most: int) -> list[Execution]:
    """The visits of this state that are due longest, held with their enrolments until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_IN_ORDER, ["off"])
        cursor.execute(_CLAIM, [campaign_id, state, most])
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute(_IN_ORDER, ["on"])
    if not ids:
        return []
    campaign = Campaign.objects.select_related("workspace", "sender").get(pk=campaign_id)
    visits = Execution.objects.select_related("node", "enrolment__lead__company").in_bulk(ids)
    for visit in visits.values():
        visit.campaign = visit.enrolment.campaign = campaign
        visit.workspace = visit.enrolment.workspace = campaign.workspace
    return [visits[pk] for pk in ids]


def _put_off(ids: Sequence[int], why: str, wait: timedelta) -> None:
    Execution.objects.filter(pk__in=ids, handed_at=None).update(due_at=timezone.now() + wait, why=why)
