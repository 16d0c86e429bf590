"""Enrolling a choice of leads, however many: a row that says what was chosen, processed in chunks.

Each chunk and the step of the row's cursor are one transaction, so that a run that was killed goes on where it stood and
counts nobody twice. Small runs are done within the request that begins them; the others go on in a task.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.http import QueryDict
from django.utils import timezone

from campaigns import enrolling
from campaigns.enrolling import CannotEnrol, Enrolled
from campaigns.models import Campaign, EnrolRun
from campaigns.vocabulary import LeftOut, Source
from leads import filters, selection
from leads.models import Lead
from workspaces import bells
from workspaces.access import no_such_page
from workspaces.models import User, Workspace

CHUNK: Final = 500
AT_ONCE: Final = 2_000
"""Up to so many are enrolled before the page answers."""
MOST_LOOKED_AT: Final = 10_000
"""Leads of a large choice that the summary looks at; the words say so."""
KEPT: Final = ("all", "lead", *filters.LeadFilter.base_filters)


def chosen(workspace: Workspace, data: QueryDict) -> QuerySet[Lead]:
    """The leads a form names: ticked ones, or all that its filters match."""
    return selection.leads_of(workspace, data)


def kept(data: QueryDict) -> list[tuple[str, str]]:
    """What a form must carry on for the same choice."""
    return [(name, value) for name in KEPT for value in data.getlist(name)[: selection.MOST_TICKED]]


def source_of(data: QueryDict) -> Source:
    if data.get("all") != selection.MATCHING:
        return Source.SELECTION
    return Source.LIST if data.get("list") else Source.IMPORT if data.get("run") else Source.FILTER


def summary(campaign: Campaign, leads: QuerySet[Lead]) -> tuple[Enrolled, bool]:
    """What enrolling them would do, and whether that is only about the first MOST_LOOKED_AT of them."""
    ids = list(leads.order_by("pk").values_list("pk", flat=True)[: MOST_LOOKED_AT + 1])
    return enrolling.preview(campaign, ids[:MOST_LOOKED_AT]), len(ids) > MOST_LOOKED_AT


def begin(campaign: Campaign, data: QueryDict, *, by: User) -> EnrolRun:
    """Keep the choice and enrol the first of it. Raises CannotEnrol for a stopped campaign and for nobody."""
    if campaign.status == Campaign.Status.STOPPED:
        raise CannotEnrol("This campaign was stopped. Make a copy of it and enrol them there.")
    leads = chosen(campaign.workspace, data)
    total = leads.order_by().count()
    if not total:
        raise CannotEnrol("Nobody is chosen, or nobody matches any more. Choose leads first.")
    words = QueryDict(mutable=True)
    for name, value in kept(data):
        words.appendlist(name, value)
    until = leads.order_by().aggregate(most=Max("pk"))["most"]
    run = EnrolRun.objects.create(
        workspace=campaign.workspace,
        campaign=campaign,
        by=by,
        source=source_of(data),
        chosen=words.urlencode(),
        total=total,
        until=until,
    )
    if total <= AT_ONCE:
        while advance(run.pk):
            pass
        run.refresh_from_db()
    else:
        bells.ring("campaigns.tasks.advance_enrol_run", run.pk)
    return run


@transaction.atomic
def advance(run_id: int) -> bool:
    """One chunk; False when the run is done, or somebody else has it at this moment."""
    rows = EnrolRun.objects.select_related("campaign", "workspace", "by").filter(pk=run_id, done_at=None)
    run = rows.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
    if run is None:
        return False
    leads = chosen(run.workspace, QueryDict(run.chosen)).filter(pk__gt=run.last, pk__lte=run.until)
    ids = list(leads.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    if ids:
        try:
            with transaction.atomic():
                result = enrolling.enrol(run.campaign, ids, source=Source(run.source), by=run.by)
        except CannotEnrol as refused:
            run.refused, ids = str(refused)[:300], []
        else:
            run.enrolled += result.enrolled
            for reason, count in result.left_out.items():
                run.left_out[reason.value] = run.left_out.get(reason.value, 0) + count
            run.last = ids[-1]
    if not ids:
        run.done_at = timezone.now()
    run.save(update_fields=["refused", "enrolled", "left_out", "last", "done_at"])
    return bool(ids)


def at_work() -> list[int]:
    """Runs that are not done, the oldest first."""
    return list(EnrolRun.objects.filter(done_at=None).order_by("pk").values_list("pk", flat=True)[:20])


def in_words(left_out: dict[str, int]) -> list[tuple[str, int]]:
    """(why, how many), the most first."""
    return [(str(LeftOut(reason).label), count) for reason, count in sorted(left_out.items(), key=lambda one: -one[1]) if count]


def run_of(workspace: Workspace, public_id: str) -> EnrolRun:
    """Raises Http404."""
    rows = EnrolRun.objects.of(workspace).select_related("campaign", "by")
    return rows.filter(public_id=public_id).first() or no_such_page()
