from __future__ import annotations

import pytest

from campaigns.models import Campaign
from conversations.models import Message
from lines.models import Line
from tests.factories_console import failed_step, make_campaign
from tests.factories_conversations import LineFactory
from workspaces.models import Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    return LineFactory.create(workspace=northwind, name="Line 2 · SF")


@pytest.fixture
def other_line(northwind: Workspace) -> Line:
    return LineFactory.create(workspace=northwind, name="Line 3 · MIA")


@pytest.fixture
def campaign(northwind: Workspace) -> Campaign:
    return make_campaign(northwind)


@pytest.fixture
def failure(campaign: Campaign, line: Line) -> Message:
    return failed_step(campaign, line, "Jin Park", address="+16285550101")
