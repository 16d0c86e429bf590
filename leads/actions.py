"""Writing leads and companies. The caller has made sure that the rows belong to the workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from leads import labels, optouts
from leads.addresses import Normal
from leads.models import Address, Company, Label, Lead, LeadEvent
from leads.queries import standing_opt_outs
from workspaces import locks
from workspaces.models import User, Workspace

Kind = LeadEvent.Kind


@transaction.atomic
def add_lead(
    workspace: Workspace,
    *,
    name: str,
    addresses: list[Normal],
    company: Company | None = None,
    title: str = "",
    persona: str = "",
    persona_match: bool | None = None,
    by: User | None = None,
) -> Lead:
    """A new lead with its addresses, ranked in the order given within each kind (S3-21)."""
    lead = Lead.objects.create(
        workspace=workspace, name=name, company=company, title=title, persona=persona, persona_match=persona_match
    )
    _give(lead, addresses, {})
    if persona:
        labels.adopt(workspace, Label.Kind.PERSONA, persona, persona_match)
    if company and company.icp:
        labels.adopt(workspace, Label.Kind.ICP, company.icp, company.icp_match)
    if by:
        note(lead, Kind.ADDED, by=by)
    return lead


def place(lead: Lead, addresses: Sequence[Normal]) -> None:
    """Give a lead exactly these addresses, in this order within each kind. What was known of each stays with it.

    Somebody who has opted out at one of them has opted out (S0-100). Call inside a transaction.
    """
    old = {one.value: one for one in Address.objects.filter(lead=lead)}
    Address.objects.filter(lead=lead).delete()
    _give(lead, addresses, old)


def _give(lead: Lead, addresses: Sequence[Normal], old: Mapping[str, Address]) -> None:
    """Write the addresses of a lead that has none, those in `old` as they were but for their ranks."""
    ranks = {Address.Kind.PHONE: 0, Address.Kind.EMAIL: 0}
    rows = []
    for address in addresses:
        row = old.get(address.value) or Address(workspace_id=lead.workspace_id, lead=lead, kind=address.kind, value=address.value)
        row.pk, row.rank = None, ranks[address.kind]
        ranks[address.kind] += 1
        rows.append(row)
    Address.objects.bulk_create(rows)
    obey_opt_outs(lead)


def obey_opt_outs(lead: Lead) -> None:
    """An opt-out belongs to an address, whichever lead has it; a lead with one at any address has opted out."""
    if lead.opted_out_at is None and (standing := standing_opt_outs(lead)):
        lead.opted_out_at = standing[0].received_at
        lead.save(update_fields=["opted_out_at"])


@transaction.atomic
def edit_lead(lead: Lead, *, addresses: Sequence[Normal], by: User, **values: Any) -> None:
    """Change a lead: `name`, `title`, `company`, `persona`, `time_zone`; the verdict follows the persona's label.

    An address that is taken off somebody who has opted out is not written to again, whoever gets it.
    """
    before = [one.value for one in Address.objects.filter(lead=lead).order_by("-kind", "rank")]
    if lead.opted_out_at and (gone := set(before) - {address.value for address in addresses}):
        optouts.stay_out(lead, gone, by=by)
    changed = [name for name, value in values.items() if getattr(lead, name) != value]
    for name in changed:
        setattr(lead, name, values[name])
    if "persona" in changed:
        lead.persona_match = labels.match_of(lead.workspace, Label.Kind.PERSONA, lead.persona)
        changed.append("persona_match")
    lead.save(update_fields=changed)
    words = [name.replace("_", " ") for name in changed if name != "persona_match"]
    if before != [address.value for address in addresses]:
        place(lead, addresses)
        words.append("addresses")
    if words:
        note(lead, Kind.EDITED, ", ".join(words).capitalize(), by=by)


@transaction.atomic
def edit_company(company: Company, *, by: User, **values: Any) -> None:
    """Change a company: `name`, `website`, `industry`, `icp`; the verdict follows the ICP's label."""
    changed = [name for name, value in values.items() if getattr(company, name) != value]
    for name in changed:
        setattr(company, name, values[name])
    if "icp" in changed:
        company.icp_match = labels.match_of(company.workspace, Label.Kind.ICP, company.icp)
        changed.append("icp_match")
    if changed:
        company.save(update_fields=changed)
        note(company, Kind.EDITED, ", ".join(name for name in changed if name != "icp_match").capitalize(), by=by)


@transaction.atomic
def company_named(workspace: Workspace, name: str) -> Company | None:
    """The company of this name in any case, made when there is none; None for no name."""
    name = " ".join(name.split())
    if not name:
        return None
    locks.alone([f"company:{workspace.pk}"])  # two at once would make it twice
    found = Company.objects.of(workspace).alias(low=Lower("name")).filter(low=name.lower()).order_by("pk").first()
    return found or Company.objects.create(workspace=workspace, name=name)


@transaction.atomic
def give_persona(workspace: Workspace, leads: QuerySet[Lead], persona: str, *, by: User) -> int:
    """Give these leads one of the workspace's personas, or none; how many have it now that had not."""
    label = labels.named(workspace, Label.Kind.PERSONA, persona)
    name, match = (label.name, label.match) if label else ("", None)
    ids = list(leads.exclude(persona=name).values_list("pk", flat=True))
    changed = Lead.objects.of(workspace).filter(pk__in=ids).update(persona=name, persona_match=match)
    LeadEvent.objects.bulk_create(
        LeadEvent(workspace=workspace, lead_id=pk, kind=Kind.EDITED, by=by, text=f"Persona: {name or 'none'}") for pk in ids
    )
    return changed


def note(of: Lead | Company, kind: str, text: str = "", *, by: User | None) -> None:
    """A line of the timeline."""
    LeadEvent.objects.create(
        workspace_id=of.workspace_id,
        lead=of if isinstance(of, Lead) else None,
        company=of if isinstance(of, Company) else None,
        kind=kind,
        text=text[:500],
        by=by,
        unsettled=kind == Kind.EXCLUDED,
    )
