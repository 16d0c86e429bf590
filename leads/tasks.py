"""Doorbells. Each may be lost, doubled or reordered: the rows say what is to be done."""

from celery import shared_task
from celery.signals import worker_shutting_down

from leads.checks import finding, working
from leads.importing import work
from leads.models import ImportRun


@shared_task
def advance_import(run_id: int) -> None:
    work.advance(run_id)


@shared_task
def advance_imports() -> None:
    """Ring for each import that is under way: for one whose worker was killed, and one whose ring was lost."""
    for run_id in ImportRun.objects.filter(state__in=ImportRun.AT_WORK).values_list("pk", flat=True):
        advance_import.apply_async((run_id,), expires=10)


@shared_task
def check_addresses() -> None:
    working.ring()


@shared_task
def take_up_unchecked() -> None:
    finding.take_up_unchecked()


@shared_task
def recheck_availability() -> None:
    finding.recheck_stale()


@worker_shutting_down.connect
def finish_checking(**kwargs: object) -> None:
    """A warm shutdown claims nothing more and writes down what is being asked."""
    working.close()
