"""Every task names a queue that workers listen to, and beat's rings do not pile up."""

from typing import Any

import pytest
from celery.exceptions import QueueNotFound

from config.celery import BEAT, QUEUES, app, beat_schedule


@pytest.fixture(scope="module", autouse=True)
def all_tasks() -> None:
    app.loader.import_default_modules()


def own_tasks() -> dict[str, Any]:
    return {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}


def test_there_are_exactly_three_queues() -> None:
    assert set(app.amqp.queues) == {"sending", "ingest", "housekeeping"} == set(QUEUES)


def test_every_task_names_its_queue() -> None:
    tasks = own_tasks()
    assert tasks
    assert {name: task.queue for name, task in tasks.items() if getattr(task, "queue", None) not in QUEUES} == {}


def test_a_task_for_an_unknown_queue_is_refused_where_it_is_sent() -> None:
    task = next(iter(own_tasks().values()))
    with pytest.raises(QueueNotFound):
        task.apply_async(queue="sendin")


def test_beat_rings_tasks_that_exist_on_their_own_queue() -> None:
    tasks = own_tasks()
    assert {name for name in BEAT if name not in tasks} == set()
    assert {name: queue for name, (_, queue) in BEAT.items() if tasks[name].queue != queue} == {}


def test_a_ring_expires_so_that_a_stopped_worker_finds_no_backlog() -> None:
    schedule = beat_schedule({"a.b": (1, "sending"), "c.d": (60, "housekeeping")})
    assert schedule["a.b"]["options"] == {"queue": "sending", "expires": 2}
    assert schedule["c.d"]["options"]["expires"] == 60


def test_what_a_killed_worker_held_comes_back_in_seconds() -> None:
    options = app.conf.broker_transport_options
    assert options["unacked_restore_interval"] * options["unacked_restore_throttle"] <= 2
