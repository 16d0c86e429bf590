"""Rows of every kind, and an oracle that looks at each of them in plain Python."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone

from campaigns.models import Campaign
from conversations.inbox.listing import Page
from conversations.models import Conversation
from leads.models import Company, Lead
from workspaces.models import Membership, User, Workspace

Test = Callable[[Conversation], bool]


def day(northwind: Workspace, back: int = 0) -> datetime:
    here = timezone.now().astimezone(northwind.zone)
    return datetime.combine(here.date() - timedelta(days=back), datetime.min.time(), northwind.zone)


def oracle(name: str, value: str, northwind: Workspace, bob: User) -> Test:
    """What a filter means, said once more and simply."""
    match name:
        case "channel":
            return {
                "imessage": lambda row: row.family == "phone",
                "sms": lambda row: row.family == "phone" and row.last_channel == "sms",
                "fallback": lambda row: row.family == "phone" and row.fell_back,
                "email": lambda row: row.family == "email",
                "linkedin": lambda row: row.family == "linkedin",
            }[value]
        case "direction":
            return lambda row: row.last_direction == value
        case "intent":
            return lambda row: row.intent_status == ("" if value == "none" else value)
        case "reason":
            return lambda row: row.intent_reason == ("" if value == "none" else value)
        case "status":
            return lambda row: row.status == {"failed": "not_delivered"}.get(value, value)
        case "waiting":
            return lambda row: row.waiting_since is not None
        case "unread":
            return lambda row: row.unread > 0
        case "score_min":
            return lambda row: row.intent_score is not None and row.intent_score >= int(value)
        case "score_max":
            return lambda row: row.intent_score is not None and row.intent_score <= int(value)
        case "record":
            return {
                "archived": lambda row: row.archived_at is not None,
                "all": lambda row: True,
                "excluded": lambda row: (
                    (row.lead is not None and row.lead.status == Lead.Status.EXCLUDED)
                    or (row.company is not None and row.company.status == Company.Status.EXCLUDED)
                ),
            }[value]
        case "campaign":
            return lambda row: row.campaign_id is None if value == "none" else bool(row.campaign and row.campaign.name == value)
        case "company":
            return lambda row: bool(row.company and row.company.name == value)
        case "assignee":
            who = {"me": bob.name.split()[0], "none": "none"}.get(value, value)
            return lambda row: (row.assignee.name.split()[0] if row.assignee else "none") == who
        case "updated":
            spans = {"today": (0, -1), "yesterday": (1, 0), "7d": (6, -1), "30d": (29, -1)}
            first, last = (day(northwind, back) for back in spans[value])
            return lambda row: first <= row.last_at < last
    raise AssertionError(name)


VALUES: dict[str, list[str]] = {
    "channel": ["imessage", "sms", "fallback", "email", "linkedin"],
    "direction": ["in", "out"],
    "intent": ["positive", "neutral", "negative", "none"],
    "reason": ["meeting", "pricing", "requested_remove", "none"],
    "score_min": ["0", "41", "100"],
    "score_max": ["0", "40", "80"],
    "status": ["draft", "sent", "read", "replied", "not_delivered", "failed", "cancelled", "discarded", "scheduled"],
    "record": ["archived", "all", "excluded"],
    "campaign": ["Launch", "Winback", "none"],
    "company": ["Ledgerline", "Fathom Freight"],
    "updated": ["today", "yesterday", "7d", "30d"],
    "waiting": ["1"],
    "unread": ["1"],
    "assignee": ["me", "none", "Alice"],
}
Asked = dict[str, str]


def query(asked: Asked, northwind: Workspace, **more: str) -> QueryDict:
    found = QueryDict(mutable=True)
    for name, value in {**asked, **more}.items():
        if name == "campaign" and value != "none":
            value = Campaign.objects.of(northwind).get(name=value).public_id
        if name == "assignee" and value not in ("me", "none"):
            value = Membership.objects.of(northwind).get(user__name__startswith=value).public_id
        found[name] = value
    return found


def expected(crowd: list[Conversation], asked: Asked, northwind: Workspace, bob: User, page: Page) -> list[Conversation]:
    tests = [oracle(name, value, northwind, bob) for name, value in asked.items()]
    if "record" not in asked:
        tests.append(lambda row: row.archived_at is None)
    tests.append(lambda row: row.family in page.families)
    return [row for row in crowd if all(test(row) for test in tests)]
