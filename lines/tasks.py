"""Periodic work on lines."""

from contextlib import suppress

from celery import shared_task

from lines import actions, places
from lines.models import Line


@shared_task
def check_health() -> None:
    """A task for each line, so that one that hangs does not keep the others waiting."""
    for line_id in Line.objects.exclude(status=Line.Status.PAUSED).values_list("pk", flat=True):
        check_line.apply_async((line_id,), expires=60)


@shared_task
def check_line(line_id: int) -> None:
    line = Line.objects.select_related("workspace").filter(pk=line_id).first()
    if line:
        with suppress(Line.DoesNotExist):  # removed while its server was asked
            actions.check(line)


@shared_task
def forget_old_slices() -> None:
    places.forget_old_slices()
