"""The launch summary: what sending a batch will come to, before it is sent. It asks what the maker and the gate ask."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from conversations.batches import people, writing
from conversations.batches.writing import Missing
from conversations.campaigning import planning
from conversations.campaigning.planning import LaunchPlan
from conversations.models import Batch
from conversations.sending import hours
from conversations.vocabulary import SkipReason
from leads import quiet

MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Launch:
    """`skipped`: why, how many, and the first of them by name."""

    total: int
    plan: LaunchPlan
    skipped: list[tuple[str, int, list[str]]]
    missing: Missing
    unchecked: int
    longest: int  # characters of the longest text, as it would be sent

    @property
    def left_out(self) -> int:
        return sum(n for _, n, _ in self.skipped)


def launch(batch: Batch) -> Launch:
    everybody = writing.everybody(batch)
    begins = max(batch.scheduled_at or timezone.now(), timezone.now() + timedelta(seconds=batch.workspace.undo_seconds))
    numbers = quiet.numbers_of({one.lead.pk for one in everybody if "@" in one.address})
    recipients = [
        planning.Recipient(
            key=one.recipient.pk,
            address=one.address,
            zone=one.lead.time_zone,
            first_at=begins,
            checked=one.checked,
            skip=one.skip,
            number=numbers.get(one.lead.pk, ""),
        )
        for one in everybody
    ]
    found = planning.plan(
        batch.workspace, recipients, people.ways(batch).lines, windows=hours.windows_of_sender(batch.workspace, batch.by_id)
    )
    names = {one.recipient.pk: one.lead.name for one in everybody}
    skipped = [
        (_words(reason), len(keys), [names[key] for key in keys[:MOST_NAMED]])
        for reason, keys in sorted(found.skipped.items(), key=lambda one: -len(one[1]))
    ]
    longest = max((len(one.body) for one in everybody if not one.skip), default=0)
    return Launch(len(everybody), found, skipped, writing.missing(everybody), found.unchecked, longest)


def _words(reason: str) -> str:
    return str(SkipReason(reason).label)
