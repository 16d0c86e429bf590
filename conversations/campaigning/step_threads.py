"""The threads that a campaign writes in: opened where there is none, and going to the address and line it writes over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from campaigns.models import Campaign
from conversations.models import Conversation
from conversations.receiving.incoming import repeated
from conversations.vocabulary import Family
from leads.models import Lead
from lines.models import Line

_GO: Final = """
UPDATE conversations_conversation c SET address = w.address, line_id = w.line, campaign_id = COALESCE(c.campaign_id, %(campaign)s)
FROM unnest(%(ids)s::bigint[], %(addresses)s::text[], %(lines)s::bigint[]) AS w(id, address, line)
WHERE c.id = w.id AND (c.address <> w.address OR c.line_id IS DISTINCT FROM w.line OR c.campaign_id IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Going:
    lead: Lead
    address: str
    line: Line


def open_all(campaign: Campaign, going: Collection[Going]) -> dict[int, Conversation]:
    """{lead: their thread}, which from the first campaign message on says which campaign it came of. Leads have their company.

    Threads are made in the order of the leads and held in the order of their ids, so that two who open the same cannot deadlock.
    """
    by_lead = {one.lead.pk: one for one in going}
    theirs = Conversation.objects.of(campaign.workspace).filter(family=Family.PHONE, lead__in=by_lead)
    there = set(theirs.values_list("lead", flat=True))
    new = [_new(campaign, one) for pk, one in sorted(by_lead.items()) if pk not in there]
    Conversation.objects.bulk_create(new, ignore_conflicts=True)
    held = theirs.order_by("pk").select_for_update(no_key=True, of=("self",))
    threads = {thread.lead_id or 0: thread for thread in held}
    _go(campaign, {thread.pk: by_lead[lead] for lead, thread in threads.items()})
    for lead, thread in threads.items():
        thread.address, thread.line, thread.workspace = by_lead[lead].address, by_lead[lead].line, campaign.workspace
    return threads


def _new(campaign: Campaign, one: Going) -> Conversation:
    return Conversation(
        workspace=campaign.workspace,
        family=Family.PHONE,
        lead=one.lead,
        address=one.address,
        line=one.line,
        campaign=campaign,
        **repeated(one.lead),
    )


def _go(campaign: Campaign, going: dict[int, Going]) -> None:
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "ids": list(going),
        "addresses": [one.address for one in going.values()],
        "lines": [one.line.pk for one in going.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_GO, values)
