"""A line of a workspace."""

from __future__ import annotations

import pytest

from lines.models import Line
from tests.core import make_line, make_workspace


@pytest.fixture
def line(db: None) -> Line:
    return make_line(make_workspace())
