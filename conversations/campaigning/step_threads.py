"""The threads that a campaign writes in: from its message on they go to the address and line it writes over."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.db import connection

from campaigns.models import Campaign
from conversations.models import Conversation
from conversations.thread import opening
from conversations.thread.opening import Going

_GO: Final = """
UPDATE conversations_conversation c SET address = w.address, line_id = w.line, campaign_id = COALESCE(c.campaign_id, %(campaign)s)
FROM unnest(%(ids)s::bigint[], %(addresses)s::text[], %(lines)s::bigint[]) AS w(id, address, line)
WHERE c.id = w.id AND (c.address <> w.address OR c.line_id IS DISTINCT FROM w.line OR c.campaign_id IS NULL)
"""


def open_all(campaign: Campaign, going: Collection[Going]) -> dict[int, Conversation]:
    """{lead: their thread}, which from the first campaign message on says which campaign it came of."""
    threads = opening.open_all(campaign.workspace, going, campaign)
    by_lead = {one.lead.pk: one for one in going}
    _go(campaign, {thread.pk: by_lead[lead] for lead, thread in threads.items()})
    for lead, thread in threads.items():
        thread.address, thread.line, thread.workspace = by_lead[lead].address, by_lead[lead].line, campaign.workspace
    return threads


def _go(campaign: Campaign, going: dict[int, Going]) -> None:
    values: dict[str, Any] = {
        "campaign": campaign.pk,
        "ids": list(going),
        "addresses": [one.address for one in going.values()],
        "lines": [one.line.pk for one in going.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_GO, values)
