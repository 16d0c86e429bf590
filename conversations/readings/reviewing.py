"""Readings for a person to look at: those the reader was unsure of, and a sample of the others to see how often it is right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Mod
from django.utils import timezone

from conversations.models import IntentReading, Message
from conversations.readings.relabelling import said, value_of
from conversations.readings.verdicts import turns_of
from intent.vocabulary import REVIEW_BELOW, Layer, OptOut, Pair, Reason, Status
from workspaces.access import no_such_page
from workspaces.models import Workspace

KINDS: Final = {"uncertain": "Uncertain", "sample": "Sample"}
DAYS: Final = 30
MOST: Final = 20
LOOKED_THROUGH: Final = 5_000
"""Newest readings that are looked through for either list, so that the page stays quick however many there are."""
ONE_IN: Final = 47
"""Of the replies that nobody doubts, this share is sampled, by their number; a prime, so that no rhythm of a thread matters."""
CONTEXT: Final = 3


@dataclass(frozen=True, slots=True)
class Item:
    """A reply with what it was read as. `before` are (incoming, text) of what came before it, oldest first."""

    reading: IntentReading
    before: list[tuple[bool, str]]

    @property
    def words(self) -> str:
        return said(pair_of(self.reading))

    @property
    def value(self) -> str:
        return value_of(pair_of(self.reading))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of sampled replies that people have judged: how many there are, and of how many the reading was right."""

    judged: int
    right: int

    @property
    def share(self) -> int:
        """Percent."""
        return round(100 * self.right / self.judged) if self.judged else 0


def pair_of(reading: IntentReading) -> Pair:
    return Pair(Status(reading.status), Reason(reading.reason) if reading.reason else None)


def waiting(workspace: Workspace, kind: str) -> list[Item]:
    """What nobody has judged yet, newest first."""
    found = _recent(workspace).filter(_kind(kind)).select_related("message__conversation")
    return [Item(one, _before(one.message)) for one in found.order_by("-at", "-pk")[:MOST]]


def _recent(workspace: Workspace) -> QuerySet[IntentReading]:
    """The last machine's word on each reply that no person has judged, of the newest that are looked through.

    Where these begin is asked first: a list bounded by a moment is read along its index, one of picked rows is not.
    """
    since = timezone.now() - timedelta(days=DAYS)
    machine = IntentReading.objects.of(workspace).exclude(layer=Layer.PERSON).filter(at__gte=since)
    oldest = machine.order_by("-at").values_list("at", flat=True)[LOOKED_THROUGH - 1 : LOOKED_THROUGH].first()
    beside = IntentReading.objects.of(workspace).filter(message=OuterRef("message")).exclude(pk=OuterRef("pk"))
    outranked = beside.filter(Q(layer=Layer.PERSON) | Q(at__gt=OuterRef("at")))
    rows = machine.filter(at__gte=oldest) if oldest else machine
    return rows.filter(~Exists(outranked)).annotate(nth=Mod(F("message_id"), ONE_IN))


def _kind(kind: str) -> Q:
    unsure = Q(confidence__lt=REVIEW_BELOW)
    return unsure if kind == "uncertain" else ~unsure & Q(opt_out=OptOut.NONE, nth=0)


def _before(message: Message) -> list[tuple[bool, str]]:
    return [(turn.direction == "in", turn.text) for turn in turns_of(message)[-CONTEXT - 1 : -1]]


def agreement(workspace: Workspace) -> Agreement:
    """How often people of this workspace found a sampled reading right in the last thirty days, by their last word."""
    since = timezone.now() - timedelta(days=DAYS)
    theirs = IntentReading.objects.of(workspace).filter(layer=Layer.PERSON, at__gte=since)
    theirs = theirs.annotate(nth=Mod(F("message_id"), ONE_IN)).filter(nth=0).order_by("-at")
    last: dict[int, IntentReading] = {}
    for one in theirs[:LOOKED_THROUGH]:
        last.setdefault(one.message_id, one)
    read = IntentReading.objects.of(workspace).filter(message__in=last).exclude(layer=Layer.PERSON).order_by("at")
    machine = {one.message_id: one for one in read}
    sampled = [key for key, one in machine.items() if (one.confidence or 0) >= REVIEW_BELOW and one.opt_out == OptOut.NONE]
    right = sum(pair_of(machine[key]) == pair_of(last[key]) for key in sampled)
    return Agreement(len(sampled), right)


def reply_of(workspace: Workspace, public_id: str) -> Message:
    """A reply that has been read. Raises Http404."""
    found = Message.objects.of(workspace).filter(public_id=public_id, intent_readings__isnull=False)
    return found.select_related("conversation", "workspace", "line").distinct().first() or no_such_page()
