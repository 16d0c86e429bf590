"""A data directory of a test's own."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded import account
from config.embedded.paths import paths_of


@pytest.fixture
def root() -> Iterator[Path]:
    """An empty directory for data. Under root every user can pass it, because PostgreSQL then runs as another one."""
    root = Path(tempfile.mkdtemp(prefix="switchboard-test-"))
    root.chmod(0o711)
    yield root
    account.remove(paths_of(root))
