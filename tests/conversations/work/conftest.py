from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from conversations import summary
from conversations.models import Conversation
from conversations.receiving.incoming import receive
from lines.models import Line
from tests.core import heard, make_conversation, make_line
from workspaces.models import Workspace

Heard = Callable[..., Conversation]


@pytest.fixture
def line(northwind: Workspace) -> Line:
    return make_line(northwind)


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def wrote(line: Line) -> Heard:
    """Somebody wrote to the line; their conversation."""

    def write(sender: str = "+12025550101", text: str = "Hello", on: Line = line) -> Conversation:
        with transaction.atomic():  # as ingest does
            receive(on, heard(text, sender))
        found = make_conversation(on, sender)
        summary.refresh([found.pk])
        found.refresh_from_db()
        return found

    return write
