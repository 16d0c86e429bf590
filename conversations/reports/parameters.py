"""The campaign and the line that a URL names, for pages that are narrowed by them."""

from __future__ import annotations

from django.http import QueryDict

from campaigns.models import Campaign
from lines.models import Line
from workspaces.models import Workspace


def campaign_and_line(data: QueryDict, workspace: Workspace, unknown: list[str]) -> tuple[Campaign | None, Line | None]:
    """None for what is not named; what is named and not there is told in `unknown` and left out."""
    campaign = line = None
    if name := data.get("campaign", ""):
        campaign = Campaign.objects.of(workspace).filter(public_id=name).first()
        unknown += [] if campaign else ["The campaign in this URL no longer exists."]
    if name := data.get("line", ""):
        line = Line.objects.of(workspace).filter(public_id=name).first()
        unknown += [] if line else ["The line in this URL no longer exists."]
    return campaign, line
