"""The order in which a lead's addresses are checked."""

from __future__ import annotations

from collections.abc import Iterable

from leads.models import Address, CheckItem


def in_order(addresses: Iterable[Address]) -> list[Address]:
    """Primary phone, primary email, alternate phones 1 to 3, alternate emails 1 to 3 (S3-21)."""
    return sorted(addresses, key=lambda one: (one.rank > 0, one.kind == Address.Kind.EMAIL, one.rank))


def addresses_of(items: Iterable[CheckItem]) -> dict[int, list[str]]:
    """What can be asked for each item, in order: {item id: addresses}."""
    items = list(items)
    by_lead: dict[int, list[Address]] = {}
    for address in Address.objects.filter(lead__in=[item.lead_id for item in items if item.lead_id]):
        by_lead.setdefault(address.lead_id, []).append(address)
    return {
        item.pk: [one.value for one in in_order(by_lead.get(item.lead_id, []))] if item.lead_id else [item.value] for item in items
    }
