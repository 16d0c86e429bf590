from __future__ import annotations

import pytest
from django.test import Client

from campaigns.models import Campaign
from lines.models import Line
from tests.cast import SignIn
from tests.factories_console import make_campaign
from tests.factories_conversations import LineFactory
from workspaces.models import User, Workspace


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
def olgas(olga: User, sign_in: SignIn) -> Client:
    """Olga's browser."""
    return sign_in(olga)


@pytest.fixture
def ritas(rita: User, sign_in: SignIn) -> Client:
    return sign_in(rita)
