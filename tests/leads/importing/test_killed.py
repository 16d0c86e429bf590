"""An import whose worker is killed with SIGKILL, twice, goes on from its last committed chunk: nobody twice, nobody left out."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from leads.importing import runs
from leads.models import Address, ImportProblem, ImportRun, Lead
from tests.leads.importing.conftest import Read, advance
from workspaces.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ROOT = Path(__file__).resolve().parents[3]
PEOPLE = 400

POINTS = [
    ("leads.importing.chunks.match", "before"),
    ("leads.importing.work.keep", "before"),  # the leads are written, and not committed
    ("leads.importing.work._write", "after"),  # committed
]


@pytest.mark.parametrize(("point", "when"), POINTS)
def test_nobody_twice_and_nobody_left_out(read: Read, somebody: User, process_env: dict[str, str], point: str, when: str) -> None:
    rows = [f"P{n},+1202555{n:04d},p{n}@x.com" for n in range(PEOPLE)]
    rows[100:100] = ["Bad,1.2E+10,", "Again,+12025550007,"]
    run = read("Name,Phone,Email\n" + "\n".join(rows) + "\n")
    runs.choose(run, run.mapping, region="US", known="update")
    advance(run)
    runs.start(run, by=somebody)
    for nth in ("2", "3"):
        command = [sys.executable, "-m", "tests.leads.importing.worker", str(run.pk), point, when, nth]
        killed = subprocess.run(command, env=process_env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert killed.returncode == -signal.SIGKILL, killed.stdout + killed.stderr
    assert 0 < Lead.objects.count() < PEOPLE
    advance(run)
    assert run.state == ImportRun.State.DONE
    assert (run.created, run.rejected, run.repeated, run.read) == (PEOPLE, 1, 1, PEOPLE + 2)
    assert (Lead.objects.count(), Address.objects.count()) == (PEOPLE, 2 * PEOPLE)
    assert list(ImportProblem.objects.order_by("row").values_list("row", flat=True)) == [102, 103]
