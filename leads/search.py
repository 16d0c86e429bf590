"""Finding leads by what people type: a part of a name, a company, or an address in any spelling."""

from __future__ import annotations

import re
from typing import Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from leads.addresses import BadAddress, normalise
from leads.models import Address, Company, Lead
from workspaces.models import Workspace

FEWEST_DIGITS: Final = 4


def search(rows: QuerySet[Lead], workspace: Workspace, text: str) -> QuerySet[Lead]:
    """Each part is found by its own index; a lead is found when any of them finds it."""
    text = " ".join(text.split())
    if not text:
        return rows
    name = text.lower()
    by_name = Lead.objects.of(workspace).alias(low=Lower("name")).filter(low__contains=name).values("pk")
    firms = Company.objects.of(workspace).alias(low=Lower("name")).filter(low__contains=name)
    by_company = Lead.objects.of(workspace).filter(company__in=firms).values("pk")
    found = by_name.union(by_company, all=True)
    if addresses := _addresses(workspace, text):
        found = found.union(Address.objects.of(workspace).filter(addresses).values("lead"), all=True)
    return rows.filter(pk__in=found)


def _addresses(workspace: Workspace, text: str) -> Q | None:
    """Digits are looked for without what stands between them; anything with an @, or a domain, as it is."""
    digits = re.sub(r"\D", "", text)
    if len(digits) >= FEWEST_DIGITS and not re.search(r"[a-z]{3}", text, re.IGNORECASE):
        return Q(value__contains=digits) | Q(value=_whole(text, workspace.default_region))
    if "@" in text or "." in text:
        return Q(value__contains=text.lower())
    return None


def _whole(text: str, region: str) -> str:
    """E.164 of a whole number, however it is written: 0044 and (0) are not in the stored form."""
    try:
        return normalise(text, region=region).value
    except BadAddress:
        return ""
