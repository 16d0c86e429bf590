"""Parts of a report under two names: the one that counts are kept by, with ids of rows, and the one of addresses and people."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from campaigns.models import Campaign, Node
from conversations.models import Tally
from conversations.reports.dimensions import DIMENSIONS
from conversations.vocabulary import Channel
from lines.models import Line
from workspaces.models import Workspace

NOWHERE = "?"
"""The key of no row."""


@dataclass(frozen=True, slots=True)
class Named:
    """`key` is what addresses call a part, empty for the part without one; `label` what people read."""

    key: str
    label: str


def named(workspace: Workspace, by: str, cells: Collection[str]) -> dict[str, Named]:
    """{cell: its names}. One query for campaigns or lines, two for steps and texts; what was removed has the name of none."""
    none = Named("", DIMENSIONS[by].none)
    if by in ("campaign", "line"):
        model: type[Campaign | Line] = Campaign if by == "campaign" else Line
        rows = model._default_manager.filter(workspace=workspace, pk__in=[int(cell) for cell in cells])
        known = {str(pk): Named(public_id, name) for pk, public_id, name in rows.values_list("pk", "public_id", "name")}
        return {cell: known.get(cell, none) for cell in cells}
    if by in ("step", "variant"):
        return {cell: name or none for cell, name in _of_campaigns(workspace, by, cells).items()}
    if by == "channel":
        words = dict(Channel.choices)
        return {cell: Named(cell, str(words.get(cell, cell))) if cell else none for cell in cells}
    if by == "hour":
        return {cell: Named(cell, f"{cell}:00") for cell in cells}
    return {cell: Named(cell, cell) if cell else none for cell in cells}


def _of_campaigns(workspace: Workspace, by: str, cells: Collection[str]) -> dict[str, Named | None]:
    """Steps stand behind their campaign, texts behind their step; a step is called what it is called in the newest version."""
    ids = {int(cell.partition(":")[0]) for cell in cells if cell}
    campaigns = Campaign.objects.of(workspace).in_bulk(ids)
    rows = Node.objects.of(workspace).filter(version__campaign__in=ids).order_by("version__number")
    steps = {(campaign, key): name for campaign, key, name in rows.values_list("version__campaign", "key", "name")}
    found: dict[str, Named | None] = dict.fromkeys(cells)
    for cell in cells:
        pk, _, own = cell.partition(":")
        if cell and (campaign := campaigns.get(int(pk))):
            step, _, letter = own.partition(":")
            text = f" · text {letter}" if by == "variant" else ""
            found[cell] = Named(f"{campaign.public_id}:{own}", f"{campaign.name} · {steps.get((campaign.pk, step), step)}{text}")
    return found


def cell_of(workspace: Workspace, by: str, key: str) -> str:
    """The cell that an address calls `key`; NOWHERE for what is not there."""
    if by in ("campaign", "line"):
        model: type[Campaign | Line] = Campaign if by == "campaign" else Line
        rows = model._default_manager.filter(workspace=workspace, public_id=key)
        return str(rows.values_list("pk", flat=True).first() or NOWHERE) if key else str(Tally.NONE)
    if by in ("step", "variant") and key:
        public_id, _, own = key.partition(":")
        pk = Campaign.objects.of(workspace).filter(public_id=public_id).values_list("pk", flat=True).first()
        return f"{pk}:{own}" if pk else NOWHERE
    return key
