"""Replies that may be wishes for silence and that nobody has judged: automation to these people waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from conversations.models import Conversation
from leads import removals
from leads.models import RemovalRequest
from workspaces.models import Workspace

MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Suspect:
    """A request with the conversation it can be judged in."""

    request: RemovalRequest
    conversation: Conversation


def suspects(workspace: Workspace) -> list[Suspect]:
    """The oldest first, one for each conversation, `MOST` at most. Two queries."""
    requests = removals.undecided(workspace, MOST)
    values, leads = {one.value for one in requests}, {one.lead_id for one in requests if one.lead_id}
    rows = Conversation.objects.of(workspace).filter(Q(address__in=values) | Q(lead__in=leads)).order_by("-last_at")
    by_lead: dict[int, Conversation] = {}
    by_address: dict[str, Conversation] = {}
    for row in rows:
        if row.lead_id:
            by_lead.setdefault(row.lead_id, row)
        by_address.setdefault(row.address, row)
    found: dict[int, Suspect] = {}
    for one in requests:
        conversation = by_address.get(one.value) or by_lead.get(one.lead_id or 0)
        if conversation:
            found.setdefault(conversation.pk, Suspect(one, conversation))
    return list(found.values())
