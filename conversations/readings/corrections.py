"""What people said replies mean, as labelled replies for training: masked, in the format of `intent/data`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone

from conversations.models import IntentReading
from conversations.readings.reviewing import pair_of
from conversations.readings.second_opinions import names_in
from conversations.readings.verdicts import turns_of
from intent.masking import mask
from intent.vocabulary import REMOVE, Layer
from workspaces import audit
from workspaces.models import Membership, Workspace

MOST: Final = 5_000
CHUNK: Final = 200


def count(workspace: Workspace) -> int:
    """Replies that people have labelled, as many as a file holds at most."""
    rows = IntentReading.objects.of(workspace).filter(layer=Layer.PERSON)
    return rows.order_by().values("message").distinct()[:MOST].count()


def export(workspace: Workspace, *, by: HttpRequest) -> Iterator[str]:
    """One JSON object a line, newest first; that somebody took it is in the audit trail before the first line leaves."""
    audit.record(by, workspace, "corrections.exported", replies=count(workspace))
    return _lines(workspace)


def _lines(workspace: Workspace) -> Iterator[str]:
    colleagues = list(Membership.objects.of(workspace).values_list("user__name", flat=True))
    for number, reading in enumerate(_last_words(workspace), 1):
        yield json.dumps(_row(reading, number, colleagues), ensure_ascii=False) + "\n"


def _last_words(workspace: Workspace) -> Iterator[IntentReading]:
    """The last word of a person on each reply."""
    rows = IntentReading.objects.of(workspace).filter(layer=Layer.PERSON, at__lte=timezone.now() + timedelta(minutes=1))
    rows = rows.select_related("message__workspace", "conversation__lead__company").order_by("-at", "-pk")
    told: set[int] = set()
    for reading in rows.iterator(CHUNK):
        if reading.message_id not in told and reading.message.body.strip():
            told.add(reading.message_id)
            yield reading
        if len(told) == MOST:
            return


def _row(reading: IntentReading, number: int, colleagues: list[str]) -> dict[str, Any]:
    message, pair = reading.message, pair_of(reading)
    message.conversation = reading.conversation
    names = [*names_in(message), *colleagues]
    machine = message.intent_readings.exclude(layer=Layer.PERSON).order_by("-at").first()
    thread = [{"dir": turn.direction, "text": mask(turn.text, names)} for turn in turns_of(message)]
    return {
        "id": f"c{number:05d}",
        "thread": thread,
        "status": pair.status.label,
        "reason": pair.reason.label if pair.reason else "none",
        "opt_out": pair == REMOVE,
        "tags": [],
        "seed": f"corrections, campaign {reading.conversation.campaign_id or 'none'}",
        "source": "corrected in use, masked",
        "read_as": f"{machine.get_status_display()}/{machine.get_reason_display() or 'none'}" if machine else "",
        "model": machine.model_version if machine else "",
    }
