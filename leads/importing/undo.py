"""Taking an import back: what it made goes, what it changed is changed back, and what somebody has used since stays.

A lead was used when something was done to it by hand, when it opted out or was excluded, or when another part of the
product (a conversation, a campaign) points at it.
"""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from leads.importing.runs import forget
from leads.models import Address, CheckItem, Company, ImportRun, Lead, LeadEvent

State = ImportRun.State

BATCH: Final = 1_000
USED: Final = "a conversation or a campaign has them"
EDITED: Final = "somebody changed them since"
EXCLUDED: Final = "they are excluded"
OPTED_OUT: Final = "they have opted out"
CHANGED: Final = "known leads keep what was changed again since"


def undo_some(run: ImportRun, until: float) -> None:
    """Go on with undoing until `until`; the run's position is the id of the last lead that was looked at."""
    while time.monotonic() < until:
        if not _take_back(run) and not _change_back(run):
            _companies(run)
            if ImportRun.objects.filter(pk=run.pk, state=State.UNDOING).update(state=State.UNDONE, finished_at=timezone.now()):
                forget(run)
            return


@transaction.atomic
def _take_back(run: ImportRun) -> bool:
    """Look at the next leads that the import made; False when there are no more."""
    here = ImportRun.objects.filter(pk=run.pk, state=State.UNDOING)
    now = here.select_for_update(no_key=True).first()
    if now is None:
        return False
    made = Lead.objects.filter(workspace_id=run.workspace_id, imported_by=run, pk__gt=now.position).order_by("pk")
    ids = list(made.values_list("pk", flat=True)[:BATCH])
    if not ids:
        return False
    held = Lead.objects.filter(workspace_id=run.workspace_id, pk__in=ids).order_by("pk").select_for_update()
    list(held.values_list("pk", flat=True))
    reasons = dict(_why_kept(Lead.objects.filter(workspace_id=run.workspace_id, pk__in=ids)).values_list("pk", "why"))
    unused = [pk for pk, why in reasons.items() if not why]
    _hold_checks(run, unused)
    Lead.objects.filter(workspace_id=run.workspace_id, pk__in=unused).delete()
    kept = Counter(now.kept) + Counter(why for why in reasons.values() if why)
    here.update(position=ids[-1], removed=F("removed") + len(unused), kept=dict(kept))
    return True


def _hold_checks(run: ImportRun, lead_ids: list[int]) -> None:
    """Before their addresses go: recording an answer holds the check first and then the address."""
    checks = CheckItem.objects.filter(workspace_id=run.workspace_id, lead__in=lead_ids).order_by("pk")
    list(checks.select_for_update().values_list("pk", flat=True))


def _why_kept(leads: QuerySet[Lead]) -> QuerySet[Any]:
    used: Combinable | Q = Q(pk__in=[])
    for relation in Lead._meta.related_objects:
        if relation.related_model._meta.app_label != "leads":
            used |= Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
    return leads.annotate(
        why=Case(
            When(used, Value(USED)),
            When(status=Lead.Status.EXCLUDED, then=Value(EXCLUDED)),
            When(opted_out_at__isnull=False, then=Value(OPTED_OUT)),
            When(Exists(LeadEvent.objects.filter(lead=OuterRef("pk"))), Value(EDITED)),
            default=Value(""),
            output_field=CharField(),
        )
    )


@transaction.atomic
def _change_back(run: ImportRun) -> bool:
    """Give known leads their old values again, where they still have what the import wrote. False when all are done."""
    if not ImportRun.objects.filter(pk=run.pk, state=State.UNDOING).select_for_update(no_key=True).exists():
        return False
    events = list(LeadEvent.objects.filter(run=run, kind=LeadEvent.Kind.IMPORTED).select_related("lead").order_by("pk")[:BATCH])
    restored, changed_since = 0, 0
    for event in events:
        lead, before = event.lead, event.before
        assert lead is not None
        same = {name for name, value in before["after"].items() if getattr(lead, name) == value}
        for name in same:
            setattr(lead, name, before["fields"][name])
        if same:
            _save(lead, same)
        Address.objects.filter(lead=lead, value__in=before["addresses"]).delete()
        restored += 1
        changed_since += bool(before["after"].keys() - same)
    LeadEvent.objects.filter(workspace_id=run.workspace_id, pk__in=[event.pk for event in events]).update(
        run=None, before={}, text="Undone: an import’s changes were taken back."
    )
    now = ImportRun.objects.get(pk=run.pk)
    kept = Counter(now.kept) + Counter({CHANGED: changed_since})
    ImportRun.objects.filter(pk=run.pk).update(restored=F("restored") + restored, kept=dict(kept))
    return bool(events)


def _save(lead: Lead, names: set[str]) -> None:
    """A company that is gone by now is not given back."""
    if (
        "company_id" in names
        and lead.company_id
        and not Company.objects.filter(pk=lead.company_id, workspace_id=lead.workspace_id).exists()
    ):
        lead.company_id = None
    lead.save(update_fields=[name.removesuffix("_id") for name in names])


@transaction.atomic
def _companies(run: ImportRun) -> None:
    """Companies that the import made, where nobody works and to which nothing was done."""
    made = Company.objects.filter(workspace_id=run.workspace_id, imported_by=run, status=Company.Status.ACTIVE)
    used: Combinable | Q = Q(pk__in=[])
    for relation in Company._meta.related_objects:
        used |= Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
    made.exclude(used).delete()
