"""Drips: messages at intervals that all count from when the drip is applied (S2-21). Computes the plan; writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from campaigns import node_settings, timing
from campaigns.models import Campaign, Node, Version
from campaigns.nodes import Message
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Planned:
    """A message of a drip and when it goes."""

    node: Node
    settings: Message
    at: datetime


def drips(workspace: Workspace) -> QuerySet[Campaign]:
    """Drips that can be applied, by name."""
    running = Campaign.objects.of(workspace).filter(kind=Campaign.Kind.DRIP, status=Campaign.Status.RUNNING)
    return running.select_related("version", "sender", "workspace").order_by("name", "pk")


def planned(version: Version, now: datetime, zones: Sequence[ZoneInfo]) -> list[Planned]:
    """Its messages with their times when applied at `now`, earliest first: whole days keep the time of day where the lead is."""
    found = []
    for node in Node.objects.filter(version=version).order_by("position", "pk"):
        settings = node_settings.parse(node.kind, node.settings)
        if isinstance(settings, Message):
            found.append(Planned(node, settings, timing.after(now, settings.days, timedelta(hours=settings.hours), zones)))
    return sorted(found, key=lambda one: one.at)
