from __future__ import annotations

import pytest
from django.test import Client

from lines.models import Line
from tests.cast import SignIn
from tests.factories_conversations import LineFactory
from workspaces.models import User, Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    northwind.time_zone = "America/New_York"
    northwind.save()
    return LineFactory.create(workspace=northwind, name="Line 2 · SF")


@pytest.fixture
def bobs(bob: User, sign_in: SignIn) -> Client:
    return sign_in(bob)
