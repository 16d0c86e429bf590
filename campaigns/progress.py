"""One enrolment's way: into a node, out of it, to the end or to a stop.

Who calls holds the enrolment's row (FOR NO KEY UPDATE); locks are taken in one order everywhere: message, person, lead,
company, campaign, enrolment, execution. Finishing a node and entering the next is one transaction, so that a node is
visited once, whoever is killed. A step of one key is taken once in an enrolment, also when a new version has moved it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone

from campaigns import nodes, timing
from campaigns.models import Enrolment, Execution, Node
from campaigns.path import Path, path_of
from campaigns.vocabulary import MESSAGES, OPEN, UNDER_WAY, EnrolmentState, ExecutionState, NodeKind, StopReason
from leads import quiet
from leads.models import Address

DECIDED_HERE = (NodeKind.WAIT, NodeKind.BRANCH, NodeKind.STOP)
"""Nodes that the engine itself decides; what the others do is done by the layer that speaks."""


def begin(enrolments: Collection[Enrolment], path: Path, now: datetime) -> None:
    """Into the first node. The enrolments follow the version of `path`, which is written with them."""
    for enrolment in enrolments:
        enrolment.begun_at = now
    Enrolment.objects.bulk_update(enrolments, ["begun_at", "version"])
    enter_all([(enrolment, path, path.first()) for enrolment in enrolments], now)


Entering = tuple[Enrolment, Path, Node | None]
"""Who, on which way, and into which node; None: there is none left."""


def enter(enrolment: Enrolment, path: Path, node: Node | None, now: datetime) -> Execution | None:
    """A visit of the node, or of the next that has not been taken yet; the end where there is none."""
    made = enter_all([(enrolment, path, node)], now)
    return made[0] if made else None


def enter_all(entering: Collection[Entering], now: datetime) -> list[Execution]:
    """The same for many, in as many queries as for one."""
    visits = Execution.objects.filter(enrolment__in=[enrolment.pk for enrolment, _, _ in entering])
    taken = set(visits.values_list("enrolment", "node__key"))
    made, done = [], []
    for enrolment, path, node in entering:
        while node and (enrolment.pk, node.key) in taken:
            node = path.after(node)
        if node:
            made.append(_visit(enrolment, node, now))
        else:
            done.append(enrolment.pk)
    Execution.objects.bulk_create(made)
    complete(done)
    return made


def _visit(enrolment: Enrolment, node: Node, now: datetime) -> Execution:
    here = node.kind in DECIDED_HERE
    return Execution(
        workspace_id=enrolment.workspace_id,
        enrolment=enrolment,
        campaign_id=enrolment.campaign_id,
        node=node,
        state=ExecutionState.WAITING if here else ExecutionState.PENDING,
        due_at=over_at(enrolment, node, now) if here else now,
        created_at=now,
        at=now,
    )


def finish(execution: Execution, state: ExecutionState, why: str, now: datetime | None = None) -> bool:
    """Close a visit that is open; False when somebody was quicker."""
    at = now or timezone.now()
    open_ = Execution.objects.filter(pk=execution.pk, state__in=OPEN)
    return bool(open_.update(state=state, why=why[:300], at=at))


def go_on(enrolment: Enrolment, node: Node, path: Path | None = None) -> None:
    """To what follows `node` in the version that the enrolment follows now. Of a drip everything is under way at once."""
    go_on_all([(enrolment, node)], {path.version: path} if path else {})


def go_on_all(done: Collection[tuple[Enrolment, Node]], paths: dict[int, Path] | None = None) -> None:
    """The same for many. `paths` are those already read, by version."""
    paths = {} if paths is None else paths
    entering: list[Entering] = []
    drips = {enrolment.pk for enrolment, _ in done if enrolment.campaign.kind == enrolment.campaign.Kind.DRIP}
    for enrolment, node in done:
        if enrolment.pk in drips:
            continue
        path = paths.get(enrolment.version_id or 0) or current_path(enrolment)
        paths[path.version] = path
        entering.append((enrolment, path, following(node, path)))
    if entering:
        enter_all(entering, timezone.now())
    open_ = (
        set(Execution.objects.filter(enrolment__in=drips, state__in=OPEN).values_list("enrolment", flat=True)) if drips else set()
    )
    complete(drips - open_)


def following(node: Node, path: Path) -> Node | None:
    """What comes after `node`, which may be of an older version: then after its namesake, else at what followed it then."""
    if same := path.by_key.get(node.key):
        return path.after(same)
    old = path_of(node.version)
    return next((path.by_key[one.key] for one in old.ahead(old.by_id[node.pk]) if one.key in path.by_key), None)


def current_path(enrolment: Enrolment) -> Path:
    assert enrolment.version is not None  # who has begun follows a version
    return path_of(enrolment.version)


def complete(ids: Collection[int]) -> None:
    """These have come to their end."""
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


# -- time ----------------------------------------------------------------------------------------------------------------------


def over_at(enrolment: Enrolment, node: Node, now: datetime, begun: datetime | None = None) -> datetime:
    """When a node that is decided here is looked at, at the latest; now, where what it waits for has happened already.
    `begun`: when the visit began, if not now."""
    settings = nodes.parse(node.kind, node.settings)
    match settings:
        case nodes.Wait(mode="read") if was_read(enrolment):
            return now
        case nodes.Wait():
            return timing.wait_until(settings, begun or now, zones(enrolment))
        case nodes.Branch(test="read") if was_read(enrolment):
            return now
        case nodes.Branch(test="replied" | "read"):
            last = last_message(enrolment)
            since = last.at if last else begun or now
            return max(timing.after(since, settings.days, timedelta(0), zones(enrolment)), begun or now)
        case _:
            return now


def last_message(enrolment: Enrolment) -> Execution | None:
    """The visit whose message was sent last."""
    sent = Execution.objects.filter(enrolment=enrolment, state=ExecutionState.EXECUTED, node__kind__in=MESSAGES)
    return sent.exclude(handed_at=None).order_by("-at", "-pk").first()


def was_read(enrolment: Enrolment) -> bool:
    last = last_message(enrolment)
    return last is not None and last.read_at is not None


def zones(enrolment: Enrolment) -> list[ZoneInfo]:
    """Where the lead may be: their own zone, else those of the number that is written to, else the workspace's."""
    lead = enrolment.lead
    value = enrolment.address
    if not lead.time_zone and not value:
        phones = Address.objects.filter(lead=lead, kind=Address.Kind.PHONE).order_by("rank")
        value = phones.values_list("value", flat=True).first() or ""
    return quiet.zones_of(value, lead.time_zone, enrolment.workspace)
