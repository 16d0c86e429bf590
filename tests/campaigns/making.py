"""A campaign for tests of its pages."""

from __future__ import annotations

from typing import Any

from campaigns import making, node_settings, nodes, versions
from campaigns.models import Campaign, Node
from campaigns.tree import Step
from campaigns.vocabulary import NodeKind
from workspaces.models import User, Workspace

FIRST_KEY = "0123456789ab"


def message(name: str = "Intro", body: str = "Hi {{ lead.first_name | there }}.", **settings: Any) -> Step:
    text = nodes.Message(texts=(nodes.Text("A", body),), **settings)
    return Step("", NodeKind.IMESSAGE, name, node_settings.plain(text))


def make_campaign(
    workspace: Workspace, *, by: User, name: str = "Q4 Fintech", steps: list[Step] | None = None, **values: Any
) -> Campaign:
    """A published and running one with one message, unless `steps` and `values` say otherwise; its first step has FIRST_KEY."""
    kind = values.pop("kind", Campaign.Kind.WORKFLOW)
    made = making.make(workspace, kind=kind, name=name, steps=steps or [message()], by=by)
    first = Node.objects.of(workspace).filter(version__campaign=made).order_by("pk")[0]
    Node.objects.filter(pk=first.pk).update(key=FIRST_KEY)
    status = values.get("status", Campaign.Status.RUNNING)
    if status != Campaign.Status.DRAFT:
        versions.publish(made, by=by)
    Campaign.objects.filter(pk=made.pk).update(**{"status": status, **values})
    made.refresh_from_db()
    return made
