"""Writing leads and companies."""

from __future__ import annotations

from django.db import transaction

from leads.addresses import Normal
from leads.models import Address, Company, Lead
from workspaces.models import Workspace


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
) -> Lead:
    """A new lead with its addresses, ranked in the order given within each kind (S3-21)."""
    lead = Lead.objects.create(
        workspace=workspace, name=name, company=company, title=title, persona=persona, persona_match=persona_match
    )
    ranks: dict[Address.Kind, int] = {}
    for address in addresses:
        rank = ranks.get(address.kind, 0)
        ranks[address.kind] = rank + 1
        Address.objects.create(workspace=workspace, lead=lead, kind=address.kind, value=address.value, rank=rank)
    return lead
