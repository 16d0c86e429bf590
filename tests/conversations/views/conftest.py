from __future__ import annotations

from pathlib import Path

import pytest
from pytest_django import Settings

from lines.models import Line
from tests.factories_conversations import LineFactory
from workspaces.models import Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    northwind.time_zone = "America/New_York"
    northwind.save(update_fields=["time_zone"])
    return LineFactory.create(workspace=northwind, name="Line 2 · SF")


@pytest.fixture
def media(settings: Settings, tmp_path: Path) -> None:
    """Files go to a directory of this test."""
    settings.MEDIA_ROOT = str(tmp_path)
