from __future__ import annotations

import random
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from conversations import cells
from conversations.models import Conversation
from intent import vocabulary as intent
from leads.models import Company, Lead
from lines.models import Line
from tests.factories_conversations import CompanyFactory, LineFactory
from workspaces.models import User, Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    northwind.time_zone = "America/New_York"
    northwind.save(update_fields=["time_zone"])
    return LineFactory.create(workspace=northwind, name="Line 2 · SF")


SEED = 20261117


@pytest.fixture
def crowd(line: Line, northwind: Workspace, bob: User, alice: User) -> list[Conversation]:
    """Rows of every kind, all combinations by chance, some at the very same moment."""
    chance = random.Random(SEED)
    campaigns = [Campaign.objects.create(workspace=northwind, name=name) for name in ("Launch", "Winback")]
    companies = [CompanyFactory.create(workspace=northwind, name=name) for name in ("Ledgerline", "Fathom Freight", "Ledgerline")]
    Company.objects.filter(pk=companies[1].pk).update(status="excluded")
    now = timezone.now()
    people = Lead.objects.bulk_create(
        Lead(workspace=northwind, name=f"Person {number:02}", status=chance.choice(["active"] * 5 + ["excluded"]))
        for number in range(90)
    )
    Conversation.objects.bulk_create(_one(chance, line, lead, companies, campaigns, [bob, alice], now) for lead in people)
    return list(Conversation.objects.of(northwind).select_related("lead", "company", "campaign", "assignee"))


def _one(
    chance: random.Random,
    line: Line,
    lead: Lead,
    companies: list[Company],
    campaigns: list[Campaign],
    team: list[User],
    now: datetime,
) -> Conversation:
    status = chance.choice(["", *intent.Status.values])
    family = chance.choice(["phone"] * 4 + ["email", "linkedin"])
    moment = now - timedelta(hours=chance.choice([0, 1, 5, 30, 60, 200, 2000]), minutes=chance.choice([0, 0, 7]))
    return Conversation(
        workspace=line.workspace,
        line=line,
        lead=lead,
        address=f"+1628555{lead.pk % 10_000:04}",
        company=chance.choice([None, *companies]),
        campaign=chance.choice([None, *campaigns]),
        assignee=chance.choice([None, *team]),
        family=family,
        last_channel=family if family != "phone" else chance.choice(["imessage", "sms"]),
        fell_back=family == "phone" and chance.random() < 0.2,
        last_direction=chance.choice(["in", "out"]),
        status=chance.choice(["", *cells.STATUSES]),
        intent_status=status,
        intent_reason=chance.choice(["", *intent.Reason.values]) if status else "",
        intent_score=chance.choice([0, 40, 41, 80, 100]) if status else None,
        archived_at=chance.choice([None, None, None, now]),
        waiting_since=chance.choice([None, moment]),
        unread=chance.choice([0, 0, 2]),
        icp_match=chance.random() < 0.3,
        last_at=moment,
        contact_name=lead.name,
    )
