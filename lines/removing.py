"""Deleting a line, as long as it has never been used. A line that has been used belongs to the record: it can only be paused."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils.text import get_text_list

from lines import webhooks
from lines.models import InboundEvent, Line, LineDay, LineSlice
from workspaces import audit
from workspaces.models import User

_ANY_USE: Final = Q(started__gt=0) | Q(sent__gt=0)


class InUse(Exception):
    """The line has to stay. The text is a sentence for the page."""


def why_kept(line: Line) -> str:
    """Why the line cannot be removed, as a sentence; empty where it was never used."""
    if falling_back := list(Line.objects.of(line.workspace).filter(fallback_line=line).order_by("name", "pk")):
        names = ", ".join(other.name for other in falling_back)
        return f"It is the SMS fallback of {names}. Choose another fallback there first."
    if _has_exchanged(line):
        return "It has sent or received messages, and the history keeps the line they went over."
    if named_by := sorted({apps.get_app_config(label).verbose_name.lower() for label in _referring(line)}):
        return f"It has been used: {get_text_list(named_by, 'and')} refer to it."
    return ""


def remove(line: Line, *, by: User) -> None:
    """Delete the line, and have the gateway stop posting for it where it can be reached. Raises InUse.

    The lock holds off every row that would refer to the line: either it is seen here, or it finds no line.
    """
    with transaction.atomic():
        held = Line.objects.filter(pk=line.pk).select_for_update().first()
        if held is None:
            return
        if why := why_kept(held):
            raise InUse(why)
        audit.record(by, line.workspace, "line.removed", target=line.name, address=line.address, server_url=line.server_url)
        Line.objects.filter(pk=line.pk).delete()
    webhooks.withdraw(line)


def _has_exchanged(line: Line) -> bool:
    return (
        line.last_inbound_at is not None
        or LineDay.objects.filter(_ANY_USE, line=line).exists()
        or LineSlice.objects.filter(_ANY_USE, line=line).exists()
        or InboundEvent.objects.filter(line=line).exists()
    )


def _referring(line: Line) -> Iterator[str]:
    """The apps above with a row that names the line. The models tell who they are, so that nothing above is imported."""
    for relation in Line._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model._meta.app_label == "lines":
            continue
        if relation.related_model._base_manager.filter(**{relation.field.name: line.pk}).exists():
            yield relation.related_model._meta.app_label
