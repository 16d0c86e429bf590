"""A line of a workspace, a rep and an admin."""

from __future__ import annotations

import pytest

from lines.models import Line
from tests.core import make_line, make_user, make_workspace
from workspaces.models import Role, User


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace(), max_in_flight=100)


@pytest.fixture
def rep(line: Line) -> User:
    return make_user(line.workspace)


@pytest.fixture
def admin(line: Line) -> User:
    return make_user(line.workspace, Role.ADMIN)
