"""Celery: a doorbell. Rows are the truth, so every task may be lost, doubled or reordered."""

import os
from typing import Any, Final

from celery import Celery
from celery.exceptions import QueueNotFound
from celery.signals import beat_init, setup_logging, worker_init, worker_ready
from django.conf import settings
from kombu import Queue

from config import health

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

QUEUES: Final = ("sending", "ingest", "housekeeping")

# Which queue each task is rung on. A task that is not here is refused where it is sent.
TASKS: Final = {
    "campaigns.tasks.advance_enrol_run": "housekeeping",
    "campaigns.tasks.take_up_enrol_runs": "housekeeping",
    "conversations.tasks.advance_campaigns": "housekeeping",
    "conversations.tasks.plan_launch": "housekeeping",
    "conversations.tasks.sweep_campaigns": "housekeeping",
    "conversations.tasks.end_unwanted_enrolments": "housekeeping",
    "conversations.tasks.ring": "sending",
    "conversations.tasks.apply_inbound": "ingest",
    "conversations.tasks.read_intents": "ingest",
    "conversations.tasks.ask_second_opinions": "housekeeping",
    "conversations.tasks.reconcile": "housekeeping",
    "conversations.tasks.catch_up": "housekeeping",
    "conversations.tasks.measure_lines": "housekeeping",
    "conversations.tasks.recognise": "housekeeping",
    "conversations.tasks.catch_up_line": "housekeeping",
    "conversations.tasks.fetch_attachments": "housekeeping",
    "conversations.tasks.add_up_counts": "housekeeping",
    "conversations.tasks.wake_snoozed": "housekeeping",
    "conversations.tasks.advance_batch": "housekeeping",
    "conversations.tasks.advance_bulk": "housekeeping",
    "conversations.tasks.advance_export": "housekeeping",
    "conversations.tasks.advance_repair": "housekeeping",
    "conversations.tasks.take_up_jobs": "housekeeping",
    "conversations.tasks.expire_exports": "housekeeping",
    "conversations.tasks.send_read_receipt": "housekeeping",
    "conversations.tasks.send_tapback": "housekeeping",
    "conversations.tasks.send_typing": "housekeeping",
    "leads.tasks.advance_import": "housekeeping",
    "leads.tasks.advance_imports": "housekeeping",
    "leads.tasks.check_addresses": "housekeeping",
    "leads.tasks.recheck_availability": "housekeeping",
    "leads.tasks.take_up_unchecked": "housekeeping",
    "lines.tasks.check_health": "housekeeping",
    "lines.tasks.check_line": "housekeeping",
    "lines.tasks.forget_old_slices": "housekeeping",
    "workspaces.tasks.clear_expired_sessions": "housekeeping",
    "workspaces.tasks.mail_password_reset": "housekeeping",
}
# Seconds between two rings by beat. Each ring expires before the next: a worker that was away finds one, not an hour of them.
BEAT: Final[dict[str, float]] = {
    "campaigns.tasks.take_up_enrol_runs": 5,
    "conversations.tasks.advance_campaigns": 1,
    "conversations.tasks.sweep_campaigns": 3,
    "conversations.tasks.end_unwanted_enrolments": 15,
    "conversations.tasks.ring": 1,
    "conversations.tasks.apply_inbound": 1,
    "conversations.tasks.read_intents": 1,
    "conversations.tasks.ask_second_opinions": 2,
    "conversations.tasks.reconcile": 2,
    "conversations.tasks.fetch_attachments": 2,
    "conversations.tasks.add_up_counts": 3,
    "conversations.tasks.wake_snoozed": 5,
    "conversations.tasks.take_up_jobs": 5,
    "conversations.tasks.expire_exports": 600,
    "conversations.tasks.catch_up": settings.CATCH_UP_SECONDS,
    "conversations.tasks.measure_lines": 60,
    "conversations.tasks.recognise": 60,
    "leads.tasks.advance_imports": 5,
    "leads.tasks.check_addresses": 1,
    "leads.tasks.recheck_availability": 3600,
    "leads.tasks.take_up_unchecked": 30,
    "lines.tasks.check_health": 20,
    "lines.tasks.forget_old_slices": 3600,
    "workspaces.tasks.clear_expired_sessions": 3600,
}


def route(name: str, *args: Any, **more: Any) -> str:
    """Celery's router. Raises QueueNotFound for a task that TASKS does not know."""
    if name.startswith("celery."):
        return "housekeeping"
    if name not in TASKS:
        raise QueueNotFound(f"{name} has no queue; name one in config.celery.TASKS")
    return TASKS[name]


app = Celery("switchboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_queues=[Queue(name) for name in QUEUES],
    task_routes=[route],
    task_default_queue="housekeeping",
    task_create_missing_queues=False,  # a mistyped queue is an error where it is written, not a task nobody takes
    task_serializer="json",
    accept_content=["json"],
    timezone="UTC",
    enable_utc=True,
    worker_prefetch_multiplier=1,
    worker_send_task_events=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Without these, what a killed worker held comes back after 100 s instead of 8 s: the scan for it runs every
        # interval x throttle seconds, 10 x 10 by default.
        "visibility_timeout": 600,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 3,
        "socket_timeout": 10,
        "socket_keepalive": True,
    },
    broker_pool_limit=10,
    redis_retry_on_timeout=True,
)
app.autodiscover_tasks()


def beat_schedule(beat: dict[str, float]) -> dict[str, dict[str, Any]]:
    """Celery's `beat_schedule` for {task: seconds}."""
    return {
        task: {"task": task, "schedule": seconds, "options": {"queue": route(task), "expires": max(seconds, 2)}}
        for task, seconds in beat.items()
    }


app.conf.beat_schedule = beat_schedule(BEAT)


@setup_logging.connect
def leave_logging_alone(**kwargs: Any) -> None:
    """Django's LOGGING holds for the worker too; a receiver of this signal keeps Celery from laying its own over it."""


@worker_init.connect
@beat_init.connect
def refuse_powerful_role(**kwargs: Any) -> None:
    from config.checks import refuse_powerful_role as refuse  # needs the apps, which load after this module

    refuse()


@worker_ready.connect
def note_worker(**kwargs: Any) -> None:
    """A worker that begins also looks at the lines at once: what waits for them should not wait for the next round."""
    health.note_up("worker")
    for task in ("lines.tasks.check_health", "conversations.tasks.catch_up"):
        app.send_task(task, expires=20)


@beat_init.connect
def note_beat(**kwargs: Any) -> None:
    health.note_up("beat")
