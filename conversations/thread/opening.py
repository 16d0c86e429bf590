"""The threads of many contacts at once, for what is written to many: opened where there is none, and held."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from campaigns.models import Campaign
from conversations.models import Conversation
from conversations.receiving.incoming import repeated
from conversations.vocabulary import Family
from leads.models import Lead
from lines.models import Line
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Going:
    """Somebody who is written to, where and over which line. The lead has its company."""

    lead: Lead
    address: str
    line: Line


def open_all(workspace: Workspace, going: Collection[Going], campaign: Campaign | None = None) -> dict[int, Conversation]:
    """{lead: their thread}; a new one says which campaign it came of. Those that were there go where they went before.

    Threads are made in the order of the leads and held in the order of their ids, so that two who open the same cannot deadlock.
    """
    by_lead = {one.lead.pk: one for one in going}
    theirs = Conversation.objects.of(workspace).filter(family=Family.PHONE, lead__in=by_lead)
    there = set(theirs.values_list("lead", flat=True))
    new = [_new(workspace, one, campaign) for pk, one in sorted(by_lead.items()) if pk not in there]
    Conversation.objects.bulk_create(new, ignore_conflicts=True)
    held = theirs.order_by("pk").select_for_update(no_key=True, of=("self",))
    return {thread.lead_id or 0: thread for thread in held}


def _new(workspace: Workspace, one: Going, campaign: Campaign | None) -> Conversation:
    return Conversation(
        workspace=workspace,
        family=Family.PHONE,
        lead=one.lead,
        address=one.address,
        line=one.line,
        campaign=campaign,
        **repeated(one.lead),
    )
