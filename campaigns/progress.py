"""Moving an enrolment: into a node, out of it, to the end or to a stop.

The caller has locked the enrolment's row (FOR NO KEY UPDATE); locks are taken in one order everywhere: message, person, lead,
company, campaign, enrolment, execution. Finishing a node and entering the next is one transaction, so that a node is
visited once, even if a worker is killed. A step of one key is taken once in an enrolment, also when a new version has moved it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from campaigns.known import Known
from campaigns.models import Enrolment, Execution, Node
from campaigns.path import Path, Paths
from campaigns.vocabulary import OPEN, UNDER_WAY, EnrolmentState, ExecutionState, NodeKind, StopReason

DECIDED_HERE = (NodeKind.WAIT, NodeKind.BRANCH, NodeKind.STOP)
"""Nodes that the engine decides itself; the others are carried out by `conversations`."""


def begin(enrolments: Collection[Enrolment], path: Path, now: datetime) -> None:
    """Into the first node. The enrolments follow the version of `path`, which is written with them."""
    for enrolment in enrolments:
        enrolment.begun_at = now
    Enrolment.objects.bulk_update(enrolments, ["begun_at", "version"])
    enter_all([(enrolment, path, path.first()) for enrolment in enrolments], now)


Entering = tuple[Enrolment, Path, Node | None]
"""The enrolment, the path it follows, and the node it enters; None: there is none left."""


def enter(enrolment: Enrolment, path: Path, node: Node | None, now: datetime) -> Execution | None:
    """A visit of the node, or of the next that has not been taken yet; the end where there is none."""
    made = enter_all([(enrolment, path, node)], now)
    return made[0] if made else None


def enter_all(entering: Collection[Entering], now: datetime) -> list[Execution]:
    """The same for many, in as many queries as for one."""
    visits = Execution.objects.filter(enrolment__in=[enrolment.pk for enrolment, _, _ in entering])
    taken = set(visits.values_list("enrolment", "node__key"))
    known = Known(enrolment for enrolment, _, _ in entering)
    made, done = [], []
    for enrolment, path, node in entering:
        while node and (enrolment.pk, node.key) in taken:
            node = path.after(node)
        if node:
            made.append(_visit(enrolment, path, node, known, now))
        else:
            done.append(enrolment.pk)
    Execution.objects.bulk_create(made)
    complete(done)
    return made


def _visit(enrolment: Enrolment, path: Path, node: Node, known: Known, now: datetime) -> Execution:
    here = node.kind in DECIDED_HERE
    return Execution(
        workspace_id=enrolment.workspace_id,
        enrolment=enrolment,
        campaign_id=enrolment.campaign_id,
        node=node,
        state=ExecutionState.WAITING if here else ExecutionState.PENDING,
        due_at=known.over_at(enrolment, path.settings(node), now) if here else now,
        created_at=now,
        at=now,
    )


def go_on_all(done: Collection[tuple[Enrolment, Node]]) -> None:
    """To what follows each node in the version that its enrolment follows now. Of a drip everything is under way at once."""
    paths = Paths()
    drips = {enrolment.pk for enrolment, _ in done if enrolment.campaign.is_drip}
    going = [(enrolment, paths.of(enrolment), node) for enrolment, node in done if enrolment.pk not in drips]
    if going:
        enter_all([(enrolment, path, paths.following(node, path)) for enrolment, path, node in going], timezone.now())
    if drips:
        open_ = Execution.objects.filter(enrolment__in=drips, state__in=OPEN).values_list("enrolment", flat=True)
        complete(drips - set(open_))


def complete(ids: Collection[int]) -> None:
    """These enrolments have come to the end of their workflow."""
    if not ids:
        return
    now = timezone.now()
    rows = Enrolment.objects.filter(pk__in=ids, state__in=UNDER_WAY)
    rows.update(state=EnrolmentState.COMPLETED, at=now, ended_at=now)


def stop(ids: Collection[int], reason: StopReason, detail: str = "", *, at: datetime | None = None) -> int:
    """End these enrolments where they are; how many were under way. What was handed over is marked to be recalled."""
    now = at or timezone.now()
    rows = Enrolment.objects.filter(pk__in=ids, state__in=UNDER_WAY)
    held = list(rows.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    Enrolment.objects.filter(pk__in=held).update(
        state=EnrolmentState.STOPPED, stop_reason=reason, stop_detail=detail[:300], at=now, ended_at=now
    )
    skip(Q(enrolment__in=held), detail or StopReason(reason).label, now)
    return len(held)


def skip(whose: Q, why: str, now: datetime) -> None:
    """Close all open visits of these; the message of one that was handed over is to be cancelled."""
    open_ = Execution.objects.filter(whose, state__in=OPEN)
    ids = list(open_.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", "handed_at"))
    handed = [pk for pk, handed_at in ids if handed_at]
    Execution.objects.filter(pk__in=[pk for pk, _ in ids]).update(state=ExecutionState.SKIPPED, why=why[:300], at=now)
    Execution.objects.filter(pk__in=handed).update(recall=True)
