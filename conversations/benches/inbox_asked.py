"""What the bench of the inbox asks for: filters, hard combinations of them, searches, and combinations by chance."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from django.http import QueryDict

from campaigns.models import Campaign
from conversations.inbox.filter_forms import CHANNELS, STATUSES
from intent import vocabulary as intent
from leads.models import Company
from workspaces.models import Workspace

SEED: Final = 7

FILTERS: Final = {
    "channel": "channel=sms",
    "direction": "direction=in",
    "intent": "intent=positive",
    "reason": "reason=pricing",
    "score": "score_min=80",
    "status": "status=not_delivered",
    "record": "record=archived",
    "excluded": "record=excluded",
    "campaign": "campaign={campaign}",
    "company": "company={company}",
    "updated": "updated=7d",
    "needs_reply": "waiting=1",
}
HARD: Final = {
    "positive_meeting_incoming": "intent=positive&reason=meeting&direction=in",
    "campaign_score_status_positive": "campaign={campaign}&score_min=80&status=not_delivered&intent=positive",
    "sms_fallback_unread_negative": "channel=fallback&unread=1&intent=negative&reason=requested_remove",
    "company_positive_first": "company={company}&sort=positive",
    "long_ago_read_positive_first": "status=read&from=2020-01-01&sort=positive",
    "impossible": "status=draft&direction=in",
}
SEARCHES: Final = {
    "rare": "ultramarine",
    "one_in_10000": "zanzibar",
    "one_percent": "pricing",
    "ten_percent": "quarter",
    "none": "xylophonically",
    "two_words": "pricing meeting",
    "name": "priya raman 4711",
    "phone": "(200) 000-4711",
}
WITHIN: Final = {
    "common_word_rare_list": "q=quarter&campaign={campaign}&intent=positive&status=not_delivered",
    "common_word_wide_list": "q=quarter&intent=positive",
    "rare_word_wide_list": "q=ultramarine&direction=in",
    "one_percent_some_list": "q=pricing&intent=negative&updated=90d",
    "one_in_10000_positive_first": "q=zanzibar&sort=positive",
    "name_in_list": "q=priya&waiting=1",
    "impossible": "q=quarter&status=draft&direction=in",
}
"""Searches within filters."""


def by_chance(workspace: Workspace, count: int) -> Iterator[QueryDict]:
    """Combinations of two to five filters, many of them rare or empty; the same in every run."""
    chance = random.Random(SEED)  # noqa: S311  reproducible, not secret
    campaigns = list(Campaign.objects.of(workspace).values_list("public_id", flat=True))
    companies = list(Company.objects.of(workspace).values_list("public_id", flat=True)[:200])
    values = {
        "channel": [value for value, _ in CHANNELS[:3]],
        "direction": ["in", "out"],
        "intent": [*intent.Status.values, "none"],
        "reason": [*intent.Reason.values, "none"],
        "status": [value for value, _ in STATUSES],
        "record": ["archived", "all"],
        "score_min": ["20", "50", "80", "95"],
        "campaign": campaigns,
        "company": companies,
        "updated": ["today", "7d", "30d", "90d"],
        "waiting": ["1"],
        "unread": ["1"],
        "sort": ["positive", "icp", "newest"],
    }
    for _ in range(count):
        asked = QueryDict(mutable=True)
        for name in chance.sample(sorted(values), chance.randint(2, 5)):
            asked[name] = chance.choice(values[name])
        yield asked
