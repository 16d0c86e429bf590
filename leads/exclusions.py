"""Excluding leads and companies from outreach, and including them again.

The gate stops each message of theirs when it is to be sent. What `conversations` still has to follow up is kept in `LeadEvent`:
it cancels what waits, so that pages say so at once and nothing old leaves when the lead is included again.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from leads import consent_ledger
from leads.actions import note
from leads.consent_ledger import Proof
from leads.models import Company, ConsentEvent, Lead, LeadEvent
from workspaces import audit
from workspaces.models import User, Workspace

Kind = LeadEvent.Kind


@transaction.atomic
def exclude(lead: Lead, reason: str, *, by: User) -> bool:
    """Stop outreach to a lead (S0-97, S0-98); False when it is excluded already.

    The gate reads the status under the row's lock: what has not left by now does not leave any more.
    """
    return bool(exclude_all(Lead.objects.of(lead.workspace).filter(pk=lead.pk), reason, by=by))


def exclude_all(leads: Iterable[Lead], reason: str, *, by: User) -> int:
    """Stop outreach to these leads; how many were not excluded before."""
    return _all(leads, Lead.Status.EXCLUDED, reason, Kind.EXCLUDED, by)


def include_all(leads: Iterable[Lead], *, by: User) -> int:
    """Let outreach reach these leads again; an opt-out is not lifted by this."""
    return _all(leads, Lead.Status.ACTIVE, "", Kind.INCLUDED, by)


@transaction.atomic
def _all(leads: Iterable[Lead], status: str, reason: str, kind: str, by: User) -> int:
    by_workspace: dict[Workspace, list[int]] = {}
    for lead in leads:
        by_workspace.setdefault(lead.workspace, []).append(lead.pk)
    changed = 0
    for workspace, ids in by_workspace.items():
        rows = Lead.objects.of(workspace).filter(pk__in=ids).exclude(status=status)
        held = list(rows.order_by("pk").select_for_update(no_key=True))
        Lead.objects.of(workspace).filter(pk__in=[lead.pk for lead in held]).update(status=status, status_note=reason[:300])
        LeadEvent.objects.bulk_create(
            LeadEvent(workspace=workspace, lead=lead, kind=kind, by=by, text=reason[:500], unsettled=kind == Kind.EXCLUDED)
            for lead in held
        )
        said = ConsentEvent.Kind.EXCLUDED if kind == Kind.EXCLUDED else ConsentEvent.Kind.INCLUDED
        consent_ledger.record_leads(workspace, said, held, Proof(source=ConsentEvent.Source.PERSON, note=reason, by=by))
        for lead in held:
            audit.record(by, workspace, f"lead.{kind}", target=lead.name)
        changed += len(held)
    return changed


@transaction.atomic
def exclude_company(company: Company, reason: str, *, by: User) -> bool:
    """Stop outreach to everyone who works there (S0-99); False when it is excluded already."""
    return _company(company, Company.Status.EXCLUDED, reason, Kind.EXCLUDED, by)


@transaction.atomic
def include_company(company: Company, *, by: User) -> bool:
    return _company(company, Company.Status.ACTIVE, "", Kind.INCLUDED, by)


def _company(company: Company, status: str, reason: str, kind: str, by: User) -> bool:
    changed = Company.objects.filter(pk=company.pk).exclude(status=status).update(status=status, status_note=reason[:300])
    if changed:
        note(company, kind, reason, by=by)
        said = ConsentEvent.Kind.EXCLUDED if kind == Kind.EXCLUDED else ConsentEvent.Kind.INCLUDED
        proof = Proof(source=ConsentEvent.Source.PERSON, note=f"The company. {reason}".strip(), by=by)
        consent_ledger.record(company.workspace, said, company.name, proof)
        audit.record(by, company.workspace, f"company.{kind}", target=company.name)
    return bool(changed)


def unsettled(limit: int = 500) -> dict[Workspace, list[LeadEvent]]:
    """By workspace, the oldest first."""
    found: dict[Workspace, list[LeadEvent]] = {}
    for event in LeadEvent.objects.filter(unsettled=True).select_related("workspace").order_by("pk")[:limit]:
        found.setdefault(event.workspace, []).append(event)
    return found


def whom(events: list[LeadEvent]) -> Q:
    """As a filter of leads: those of the events that are excluded still."""
    leads = [event.lead_id for event in events if event.lead_id]
    companies = [event.company_id for event in events if event.company_id]
    alone = Q(pk__in=leads, status=Lead.Status.EXCLUDED)
    return alone | Q(company__in=companies, company__status=Company.Status.EXCLUDED)


def settled(events: list[LeadEvent]) -> None:
    LeadEvent.objects.filter(pk__in=[event.pk for event in events]).update(unsettled=False)
