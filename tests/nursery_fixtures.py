"""Start workers on a test's rows, and kill them: see tests.nursery for where they come from."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parents[1]
WORK = "tests.faults.worker.work_on"


class Nursery:
    """The process that workers come from."""

    def __init__(self, env: dict[str, str], outputs: Path) -> None:
        command = [sys.executable, "-m", "tests.nursery"]
        self.process = subprocess.Popen(command, env=env, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.outputs, self.count = outputs, 0

    def start(self, work: str, *arguments: Any, point: tuple[str, str, int] | None = None) -> Worker:
        """A worker that calls the function `work`, and kills itself where it comes to the point for the nth time."""
        self.count += 1
        output = self.outputs / f"worker-{self.count}"
        output.touch()
        told: dict[str, Any] = {
            "SEND_START_SECONDS": settings.SEND_START_SECONDS,
            "SEND_HORIZON_SECONDS": settings.SEND_HORIZON_SECONDS,
        }
        told["MEDIA_ROOT"] = str(settings.MEDIA_ROOT)
        order = {"work": work, "arguments": arguments, "point": point, "settings": told, "output": str(output)}
        return Worker(self, self.ask(order), output)

    def ask(self, order: dict[str, Any]) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def close(self) -> None:
        self.process.communicate()


@dataclass
class Worker:
    nursery: Nursery
    pid: int
    output: Path

    def said(self) -> str:
        return self.output.read_text()

    def kill(self) -> int:
        os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self) -> int:
        """Its exit status, when it has ended: negative for a signal."""
        return self.nursery.ask({"wait": self.pid})


@pytest.fixture(scope="session")
def _nursery(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nursery]:
    from tests.conftest import environment

    env = {**environment(), "GATEWAY_ALLOWED_NETWORKS": "127.0.0.0/8"}
    nursery = Nursery(env, tmp_path_factory.mktemp("workers"))
    yield nursery
    nursery.close()


@pytest.fixture
def nursery(_nursery: Nursery, transactional_db: None) -> Nursery:
    """Its workers see committed rows: the fixture asks for a transactional database."""
    return _nursery


@pytest.fixture
def killed_at(nursery: Nursery) -> Callable[..., None]:
    """Run a worker on this test's rows until it kills itself at the point."""

    def run(point: str, when: str, nth: int = 1, *, work: str = WORK, arguments: tuple[Any, ...] = ()) -> None:
        worker = nursery.start(work, *arguments, point=(point, when, nth))
        assert worker.wait() == -signal.SIGKILL, worker.said()

    return run
