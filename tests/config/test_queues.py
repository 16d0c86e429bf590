"""Every task has a queue that workers listen to, and beat's rings do not pile up."""

from typing import Any

import pytest
from celery.exceptions import QueueNotFound

from config.celery import BEAT, QUEUES, TASKS, app, beat_schedule


@pytest.fixture(autouse=True)
def all_tasks() -> dict[str, Any]:
    app.loader.import_default_modules()
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_there_are_exactly_three_queues() -> None:
    assert set(app.amqp.queues) == {"sending", "ingest", "housekeeping"} == set(QUEUES)


def test_every_task_is_known_and_nothing_else(all_tasks: dict[str, Any]) -> None:
    assert set(all_tasks) == set(TASKS)


def test_every_task_goes_to_its_queue(all_tasks: dict[str, Any]) -> None:
    found = {name: app.amqp.router.route({}, name, task_type=task)["queue"].name for name, task in all_tasks.items()}
    assert found == TASKS
    assert set(found.values()) <= set(QUEUES)


def test_a_task_without_a_queue_is_refused_where_it_is_sent() -> None:
    with pytest.raises(QueueNotFound, match="has no queue"):
        app.send_task("somewhere.tasks.forgotten")


def test_a_mistyped_queue_is_refused_where_it_is_sent(all_tasks: dict[str, Any]) -> None:
    with pytest.raises(QueueNotFound):
        all_tasks["conversations.tasks.ring"].apply_async(queue="sendin")


def test_beat_rings_tasks_that_exist() -> None:
    assert set(BEAT) <= set(TASKS)
    assert set(app.conf.beat_schedule) == set(BEAT)


def test_a_ring_expires_so_that_a_stopped_worker_finds_no_backlog() -> None:
    schedule = beat_schedule({"conversations.tasks.ring": 1, "lines.tasks.check_health": 60})
    assert schedule["conversations.tasks.ring"]["options"] == {"queue": "sending", "expires": 2}
    assert schedule["lines.tasks.check_health"]["options"] == {"queue": "housekeeping", "expires": 60}


def test_what_a_killed_worker_held_comes_back_in_seconds() -> None:
    options = app.conf.broker_transport_options
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 2
