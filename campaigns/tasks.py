"""Tasks: enrolling large choices of leads."""

from __future__ import annotations

from celery import shared_task

from campaigns import enrol_runs


@shared_task
def advance_enrol_run(run_id: int) -> None:
    while enrol_runs.advance(run_id):
        pass


@shared_task
def take_up_enrol_runs() -> None:
    """What was begun and has nobody working at it, such as after a worker was killed."""
    for run_id in enrol_runs.at_work():
        advance_enrol_run(run_id)
