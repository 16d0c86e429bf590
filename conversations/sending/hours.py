"""The hours a message has to keep: the workspace's and its campaign's where the contact is, and its member's own (S0-106).

A person's own message keeps none. A contact who wrote within a day may be answered at any hour; a campaign step is no answer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from campaigns.models import Campaign
from conversations.models import Message
from conversations.vocabulary import NO_ANSWERS, NOT_AUTOMATED, Direction, Hold
from leads import quiet
from leads.models import Lead
from leads.windows import END_OF_DAY, EVERY_DAY, MIDNIGHT, Closed, Window, closed
from workspaces.models import Membership, Workspace
from workspaces.queries import membership_of

ANSWERS_FOR: Final = timedelta(hours=24)


def closed_for(
    message: Message,
    lead: Lead | None,
    now: datetime,
    *,
    number: str = "",
    campaign: Campaign | None = None,
    member: Membership | None = None,
) -> Closed | None:
    """What keeps the message at `now`: the strictest window, and until when; None when it may leave.

    `number` is the lead's first: it tells where they are when the message goes to an email address.
    """
    if message.origin in NOT_AUTOMATED:
        return None
    workspace = message.workspace
    found = closed(
        windows(workspace, campaign, member),
        quiet.zones_of(message.address, lead.time_zone if lead else "", workspace, number),
        workspace.zone,
        now,
    )
    if found and message.origin not in NO_ANSWERS and _wrote_lately(message, now):
        return None
    return found


def windows(workspace: Workspace, campaign: Campaign | None = None, member: Membership | None = None) -> list[Window]:
    """All that hold together; each may only narrow the others."""
    found = quiet.windows_of(workspace)
    if campaign and (campaign.send_from or campaign.send_until or campaign.send_days):
        found.append(
            Window(
                Hold.CAMPAIGN_TIME,
                campaign.send_from or MIDNIGHT,
                campaign.send_until or END_OF_DAY,
                frozenset(campaign.send_days) or EVERY_DAY,
            )
        )
    if member and member.keeps_hours:
        found.append(
            Window(
                Hold.MEMBER_TIME,
                member.hours_from or MIDNIGHT,
                member.hours_until or END_OF_DAY,
                frozenset(member.work_days),
                zone=member.zone,
            )
        )
    return found


def windows_of_sender(workspace: Workspace, user_id: int | None, campaign: Campaign | None = None) -> list[Window]:
    """The same for automated messages in the name of this user, for a plan of them."""
    return windows(workspace, campaign, membership_of(workspace, user_id))


def _wrote_lately(message: Message, now: datetime) -> bool:
    said = Message.objects.filter(conversation_id=message.conversation_id, direction=Direction.INCOMING)
    return said.filter(at__gte=now - ANSWERS_FOR).exists()
