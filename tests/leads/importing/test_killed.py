"""An import whose worker is killed with SIGKILL, twice, goes on from its last committed chunk: nobody twice, nobody left out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from leads import actions
from leads.addresses import normalise
from leads.importing import runs, work
from leads.models import Address, CheckItem, CheckRun, ImportProblem, ImportRun, Lead
from tests.core import somebody_waits
from tests.leads.importing.conftest import Read, advance
from workspaces.models import User, Workspace

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


def test_undo_waits_for_an_answer_that_is_being_written_before_it_takes_the_address(import_list: Read, somebody: User) -> None:
    run = import_list("Name,Phone\nDana,+12025550101\n")
    made = CheckRun.objects.create(workspace_id=run.workspace_id, kind=CheckRun.Kind.NEW)
    check = CheckItem.objects.create(workspace_id=run.workspace_id, run=made, lead=Lead.objects.get())
    assert runs.undo(run, by=somebody)

    with transaction.atomic():
        CheckItem.objects.select_for_update().get(pk=check.pk)  # as who writes down an answer does
        undoing = _advance_meanwhile(run)
        Address.objects.select_for_update(nowait=True).get()
    undoing.join()
    assert not Lead.objects.exists()


def test_undo_waits_for_an_edit_that_is_being_saved_and_keeps_it(import_list: Read, northwind: Workspace, somebody: User) -> None:
    dana = actions.add_lead(northwind, name="Dana", addresses=[normalise("+12025550101", region="US")])
    run = import_list("Title,Phone\nCFO,+12025550101\n")
    assert runs.undo(run, by=somebody)
    with transaction.atomic():
        Lead.objects.filter(pk=dana.pk).update(title="COO")
        undoing = _advance_meanwhile(run)
    undoing.join()
    dana.refresh_from_db()
    run.refresh_from_db()
    assert (dana.title, run.kept) == ("COO", {"known leads keep what was changed again since": 1})


def test_an_import_waits_for_an_edit_that_is_being_saved_and_keeps_it(read: Read, northwind: Workspace, somebody: User) -> None:
    dana = actions.add_lead(northwind, name="Dana", addresses=[normalise("+12025550101", region="US")])
    run = read("Persona,Phone\nFinance leader,+12025550101\n")
    runs.choose(run, run.mapping, region="US", known="update")
    advance(run)
    runs.start(run, by=somebody)
    with transaction.atomic():
        Lead.objects.filter(pk=dana.pk).update(title="COO")
        importing = _advance_meanwhile(run)
    importing.join()
    dana.refresh_from_db()
    assert (dana.title, dana.persona) == ("COO", "Finance leader")


def _advance_meanwhile(run: ImportRun) -> threading.Thread:
    """Go on in another thread; returns when that waits for what this transaction holds."""

    def going_on() -> None:
        try:
            work.advance(run.pk)
        finally:
            connection.close()

    thread = threading.Thread(target=going_on)
    thread.start()
    end = time.monotonic() + 20
    while not somebody_waits() and time.monotonic() < end:
        time.sleep(0.005)
    return thread
