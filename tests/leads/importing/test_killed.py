"""An import whose worker is killed with SIGKILL, twice, goes on from its last committed chunk: nobody twice, nobody left out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leads.importing import runs
from leads.models import Address, ImportProblem, ImportRun, Lead
from tests.leads.importing.conftest import Read, advance
from workspaces.models import User

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 400

POINTS = [
    ("leads.importing.chunks.match", "before"),
    ("leads.importing.work.keep", "before"),  # the leads are written, and not committed
    ("leads.importing.work._write", "after"),  # committed
]


@pytest.mark.parametrize(("point", "when"), POINTS)
def test_nobody_twice_and_nobody_left_out(
    read: Read, somebody: User, killed_at: Callable[..., None], point: str, when: str
) -> None:
    rows = [f"P{n},+1202555{n:04d},p{n}@x.com" for n in range(PEOPLE)]
    rows[100:100] = ["Bad,1.2E+10,", "Again,+12025550007,"]
    run = read("Name,Phone,Email\n" + "\n".join(rows) + "\n")
    runs.choose(run, run.mapping, region="US", known="update")
    advance(run)
    runs.start(run, by=somebody)
    for nth in (2, 3):
        killed_at(point, when, nth, work="tests.leads.importing.worker.import_all", arguments=(run.pk,))
    assert 0 < Lead.objects.count() < PEOPLE
    advance(run)
    assert run.state == ImportRun.State.DONE
    assert (run.created, run.rejected, run.repeated, run.read) == (PEOPLE, 1, 1, PEOPLE + 2)
    assert (Lead.objects.count(), Address.objects.count()) == (PEOPLE, 2 * PEOPLE)
    assert list(ImportProblem.objects.order_by("row").values_list("row", flat=True)) == [102, 103]
