"""Taking an import back: what it made goes, what it changed is changed back, and what somebody has used since stays.

A lead was used when something was done to it by hand, when it opted out or was excluded, or when another part of the
product (a conversation, a campaign) points at it.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.utils import timezone

from leads.importing.matching import FIELDS
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
    """Give the next known leads their old values again, where they still have what the import wrote. False when all are done."""
    here = ImportRun.objects.filter(pk=run.pk, state=State.UNDOING)
    now = here.select_for_update(no_key=True).first()
    if now is None:
        return False
    events = list(LeadEvent.objects.filter(run=run, kind=LeadEvent.Kind.IMPORTED).order_by("pk")[:BATCH])
    # In the order of their key, as everyone who holds several, and before they are looked at: somebody may be editing one.
    held = Lead.objects.filter(workspace_id=run.workspace_id, pk__in=[event.lead_id for event in events]).order_by("pk")
    leads = {lead.pk: lead for lead in held.select_for_update(no_key=True)}
    changed_since = 0
    for event in events:
        if lead := leads.get(event.lead_id or 0):
            changed_since += not _has_its_old_values(lead, event)
    _save(run, leads.values())
    _remove_addresses(run, events)
    LeadEvent.objects.filter(workspace_id=run.workspace_id, pk__in=[event.pk for event in events]).update(
        run=None, before={}, text="Undone: an import’s changes were taken back."
    )
    kept = Counter(now.kept) + Counter({CHANGED: changed_since})
    here.update(restored=F("restored") + len(leads), kept=dict(kept))
    return bool(events)


def _has_its_old_values(lead: Lead, event: LeadEvent) -> bool:
    """Set back what is as the import wrote it; False when something is not."""
    before, after = event.before["fields"], event.before["after"]
    same = {name for name, value in after.items() if getattr(lead, name) == value}
    for name in same:
        setattr(lead, name, before[name])
    return bool(same == after.keys())


def _save(run: ImportRun, leads: Collection[Lead]) -> None:
    """A company that is gone by now is not given back."""
    companies = Company.objects.filter(workspace_id=run.workspace_id, pk__in={lead.company_id for lead in leads})
    there = set(companies.values_list("pk", flat=True))
    for lead in leads:
        lead.company_id = lead.company_id if lead.company_id in there else None
    Lead.objects.bulk_update(leads, [name.removesuffix("_id") for name in FIELDS])


def _remove_addresses(run: ImportRun, events: list[LeadEvent]) -> None:
    """Those that the import added and that are still the same lead's; who has opted out has opted out at each, and keeps them."""
    added = {value: event.lead_id for event in events for value in event.before["addresses"]}
    found = Address.objects.filter(workspace_id=run.workspace_id, value__in=added, lead__opted_out_at=None).order_by("value")
    theirs = [pk for pk, value, lead_id in found.values_list("pk", "value", "lead_id") if added[value] == lead_id]
    Address.objects.filter(workspace_id=run.workspace_id, pk__in=theirs).delete()


@transaction.atomic
def _companies(run: ImportRun) -> None:
    """Companies that the import made, where nobody works and to which nothing was done."""
    made = Company.objects.filter(workspace_id=run.workspace_id, imported_by=run, status=Company.Status.ACTIVE)
    used: Combinable | Q = Q(pk__in=[])
    for relation in Company._meta.related_objects:
        used |= Exists(relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")}))
    made.exclude(used).delete()
