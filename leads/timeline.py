"""The timeline of a lead: why they got a message, or did not. The messages themselves are in its conversations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from leads.models import CheckItem, Company, Lead, LeadEvent, OptOut

MOST: Final = 100

_ICONS: Final = {
    LeadEvent.Kind.ADDED: "add",
    LeadEvent.Kind.EXCLUDED: "stop",
    LeadEvent.Kind.INCLUDED: "resume",
    LeadEvent.Kind.EDITED: "edit",
    LeadEvent.Kind.MERGED: "people",
    LeadEvent.Kind.LINKED: "chat",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened; `stops` marks what keeps messages from leaving."""

    at: datetime
    icon: str
    what: str
    detail: str = ""
    by: str = ""
    stops: bool = False


def of_lead(lead: Lead) -> list[Moment]:
    """The newest hundred of each source, newest first. The number of queries is fixed."""
    about = Q(lead=lead) | Q(company=lead.company_id) if lead.company_id else Q(lead=lead)
    events = list(_newest(LeadEvent.objects.of(lead.workspace).filter(about)))
    found = [_event(event, lead) for event in events]
    values = [one.value for one in lead.addresses.all()]
    found += _opt_outs(lead, values)
    checks = CheckItem.objects.filter(lead=lead, state=CheckItem.State.DONE).order_by("-pk")[:MOST]
    found += [_check(check) for check in checks]
    if not any(event.kind == LeadEvent.Kind.ADDED for event in events):
        found.append(_beginning(lead))
    return sorted(found, key=lambda moment: moment.at, reverse=True)[:MOST]


def of_company(company: Company) -> list[Moment]:
    found = [_event(event) for event in _newest(LeadEvent.objects.filter(company=company))]
    found.append(_beginning(company))
    return sorted(found, key=lambda moment: moment.at, reverse=True)


def _newest(events: QuerySet[LeadEvent]) -> QuerySet[LeadEvent]:
    return events.select_related("by", "run", "company").order_by("-at", "-pk")[:MOST]


def _event(event: LeadEvent, of: Lead | None = None) -> Moment:
    what = event.get_kind_display()
    if of and event.company:
        what = f"{event.company.name}: {what.lower()}"
    detail = f"{event.text}, from {event.run.filename}" if event.run else event.text
    icon = _ICONS.get(LeadEvent.Kind(event.kind), "details")
    return Moment(event.at, icon, what, detail, str(event.by or ""), stops=event.kind == LeadEvent.Kind.EXCLUDED)


def _opt_outs(lead: Lead, values: list[str]) -> list[Moment]:
    found = []
    for row in OptOut.objects.of(lead.workspace).filter(value__in=values).select_related("by", "lifted_by").order_by("-pk")[:MOST]:
        text = f"{row.value}: {row.get_source_display().lower()}" + (f", “{row.text}”" if row.text else "")
        found.append(Moment(row.received_at, "stop", "Opted out", text, str(row.by or ""), stops=True))
        if row.lifted_at:
            found.append(Moment(row.lifted_at, "resume", "Opted in again", row.lifted_text, str(row.lifted_by or "")))
    return found


def _check(check: CheckItem) -> Moment:
    detail = f"{check.value}. {check.reason}".strip() if check.reason else check.value
    return Moment(check.finished_at or check.created_at, "test", f"Checked for iMessage: {check.get_outcome_display()}", detail)


def _beginning(of: Lead | Company) -> Moment:
    if run := of.imported_by:
        return Moment(of.created_at, "add", "Imported", run.filename, str(run.by or ""))
    return Moment(of.created_at, "add", "Added")
