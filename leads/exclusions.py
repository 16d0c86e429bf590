"""Exclusions made in this app (on a lead's page, in the table, of a company), for `conversations` to follow up.

The gate already stops each message when it is to be sent. Following up cancels what waits, so that pages say so at once and nothing
old leaves when the lead is included again.
"""

from __future__ import annotations

from django.db.models import Q

from leads.models import Company, Lead, LeadEvent
from workspaces.models import Workspace


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
