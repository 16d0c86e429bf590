"""Doorbells. Each may be lost, doubled or reordered: the rows say what is to be done."""

from celery import shared_task
from celery.signals import worker_shutting_down

from conversations.batches import work as batch_work
from conversations.campaigning import campaign_plan_runs, steps
from conversations.exports import exporting
from conversations.inbox import upkeep
from conversations.readings import second_opinions, understanding
from conversations.receiving import catch_up as catching_up
from conversations.receiving import ingest, media, recognising
from conversations.reports import tallies
from conversations.sending import dispatch, line_figures, outward
from conversations.sending import reconcile as reconciling
from conversations.thread import snoozing
from conversations.work import bulk_work
from conversations.workbench import runs as repairs
from lines.models import Line


@shared_task
def ring() -> None:
    dispatch.ring()


@shared_task
def apply_inbound() -> None:
    ingest.apply_waiting()


@shared_task
def read_intents() -> None:
    understanding.read_waiting()


@shared_task
def ask_second_opinions() -> None:
    second_opinions.ask_waiting()


@shared_task
def reconcile() -> None:
    reconciling.reconcile()


@shared_task
def measure_lines() -> None:
    line_figures.measure_all()


@shared_task
def recognise() -> None:
    recognising.recognise()


@shared_task
def catch_up() -> None:
    """Ring for each line, so that one that hangs does not keep the others waiting."""
    for line_id in Line.objects.exclude(status=Line.Status.PROVISIONING).values_list("pk", flat=True):
        catch_up_line.apply_async((line_id,), expires=60)


@shared_task
def catch_up_line(line_id: int) -> None:
    catching_up.catch_up(line_id)


@shared_task
def fetch_attachments() -> None:
    media.fetch_waiting()


@shared_task
def add_up_counts() -> None:
    upkeep.squash()
    tallies.fold()


@shared_task
def wake_snoozed() -> None:
    snoozing.wake()


@shared_task
def advance_campaigns() -> None:
    steps.ring()


@shared_task
def plan_launch(campaign_id: int, key: str) -> None:
    campaign_plan_runs.work_out(campaign_id, key)


@shared_task
def sweep_campaigns() -> None:
    steps.sweep()


@shared_task
def end_unwanted_enrolments() -> None:
    steps.sweep_unwanted()


@shared_task
def advance_bulk(action_id: int) -> None:
    bulk_work.advance(action_id)


@shared_task
def advance_batch(batch_id: int) -> None:
    batch_work.advance(batch_id)


@shared_task
def advance_export(export_id: int) -> None:
    exporting.advance(export_id)


@shared_task
def advance_repair(repair_id: int) -> None:
    repairs.advance(repair_id)


@shared_task
def take_up_jobs() -> None:
    """Ring for each job that is not done: for one whose worker was killed, and one whose ring was lost."""
    for action_id in bulk_work.at_work():
        advance_bulk.apply_async((action_id,), expires=10)
    for batch_id in batch_work.at_work():
        advance_batch.apply_async((batch_id,), expires=10)
    for export_id in exporting.at_work():
        advance_export.apply_async((export_id,), expires=10)
    for repair_id in repairs.at_work():
        advance_repair.apply_async((repair_id,), expires=10)


@shared_task
def expire_exports() -> None:
    exporting.expire()


@shared_task
def send_read_receipt(conversation_id: int) -> None:
    outward.read_receipt(conversation_id)


@shared_task
def send_typing(conversation_id: int, on: bool) -> None:
    outward.typing(conversation_id, on)


@shared_task
def send_tapback(message_id: int, tapback: str, remove: bool) -> None:
    outward.tapback(message_id, tapback, remove)


@worker_shutting_down.connect
def finish_sending(**kwargs: object) -> None:
    """A warm shutdown claims nothing more and waits for what is in flight."""
    dispatch.close()
