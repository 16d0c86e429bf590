"""Merging two leads that are the same person. `conversations` merges their conversations in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import transaction

from leads import actions, lists
from leads.addresses import Normal
from leads.importing.mapping import SLOTS
from leads.models import Address, CheckItem, Lead, LeadEvent, RemovalRequest
from workspaces import audit
from workspaces.models import User, Workspace

CHOICES: Final = ("name", "title", "company", "persona", "time_zone")
"""What the two may differ in, and somebody chooses."""


class CannotMerge(ValueError):
    """Why not, and what helps."""


def together(keep: Lead, drop: Lead) -> list[Normal]:
    """The addresses of both, those of `keep` first. Raises CannotMerge where more than four of a kind come together."""
    rows = [*_ordered(keep), *_ordered(drop)]
    for kind in Address.Kind:
        of_kind = [row.value for row in rows if row.kind == kind]
        if len(of_kind) > SLOTS:
            raise CannotMerge(
                f"Together they have {len(of_kind)} {kind.label.lower()} addresses, and a lead has at most {SLOTS}: "
                f"{', '.join(of_kind)}. Remove {len(of_kind) - SLOTS} of them first."
            )
    return [Normal(Address.Kind(row.kind), row.value) for row in rows]


def _ordered(lead: Lead) -> list[Address]:
    return list(Address.objects.filter(lead=lead).order_by("-kind", "rank"))


@transaction.atomic
def merge(workspace: Workspace, keep: Lead, drop: Lead, *, chosen: Mapping[str, Lead], by: User) -> Lead:
    """`drop` becomes part of `keep` and is gone; `chosen` says whose value of each of CHOICES holds, else `keep`'s.

    An exclusion or opt-out of either lead holds for the merged one. Raises CannotMerge.
    """
    pair = list(Lead.objects.of(workspace).filter(pk__in=[keep.pk, drop.pk]).order_by("pk").select_for_update())
    if len(pair) != 2:
        raise CannotMerge("Choose two different leads; perhaps they were merged a moment ago.")
    keep, drop = (pair[0], pair[1]) if pair[0].pk == keep.pk else (pair[1], pair[0])
    together(keep, drop)
    for name in CHOICES:
        if (owner := chosen.get(name)) and owner.pk == drop.pk:
            setattr(keep, name, getattr(drop, name))
            if name == "persona":
                keep.persona_match = drop.persona_match
    if drop.status == Lead.Status.EXCLUDED and keep.status != Lead.Status.EXCLUDED:
        keep.status, keep.status_note = drop.status, drop.status_note
    keep.opted_out_at = min(filter(None, (keep.opted_out_at, drop.opted_out_at)), default=None)
    keep.save()
    _move(keep, drop)
    actions.note(keep, LeadEvent.Kind.MERGED, f"With {drop.name}", by=by)
    audit.record(by, workspace, "lead.merged", target=keep.name, with_=drop.name)
    drop.delete()
    return keep


def _move(keep: Lead, drop: Lead) -> None:
    """Addresses into the ranks that are free, with what is known of them; checks; what was done; what they asked for."""
    CheckItem.objects.filter(lead=drop, state__in=CheckItem.OPEN).update(state=CheckItem.State.CANCELLED)
    CheckItem.objects.filter(lead=drop).update(lead=keep)
    LeadEvent.objects.filter(lead=drop).update(lead=keep)
    RemovalRequest.objects.filter(lead=drop).update(lead=keep)
    lists.move(drop, keep)
    taken = {kind: set(Address.objects.filter(lead=keep, kind=kind).values_list("rank", flat=True)) for kind in Address.Kind}
    for row in _ordered(drop):
        kind = Address.Kind(row.kind)
        row.rank = next(rank for rank in range(SLOTS) if rank not in taken[kind])
        taken[kind].add(row.rank)
        row.lead = keep
        row.save(update_fields=["lead", "rank"])
