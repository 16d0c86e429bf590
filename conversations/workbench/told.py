"""What a repair did, in numbers and in a sentence: from what was kept message by message."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count

from conversations.models import Repair, RepairItem

MOST_REASONS: Final = 50

Outcome = RepairItem.Outcome


@dataclass(frozen=True, slots=True)
class Report:
    """What a repair did: how many messages, and how many were skipped for which reason. `contact`: of the only message."""

    done: int = 0
    skipped: int = 0
    total: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)
    contact: str = ""

    @property
    def processed(self) -> int:
        return self.done + self.skipped


def report(repair: Repair) -> Report:
    rows = RepairItem.objects.filter(repair=repair).exclude(outcome=Outcome.WAITING).order_by()
    counted: list[Any] = list(rows.values("outcome", "why").annotate(n=Count("pk")))
    skipped = sorted(((one["why"], one["n"]) for one in counted if one["outcome"] == Outcome.SKIPPED), key=lambda one: -one[1])
    done = sum(one["n"] for one in counted if one["outcome"] == Outcome.DONE)
    return Report(done, sum(n for _, n in skipped), repair.total, skipped[:MOST_REASONS], _only_contact(repair))


def _only_contact(repair: Repair) -> str:
    """Whom a repair of one message was for; empty where it has several."""
    if repair.total != 1:
        return ""
    item = RepairItem.objects.filter(repair=repair).select_related("message__conversation").first()
    return str(item.message.conversation) if item else ""


_DONE: Final[dict[str, str]] = {
    Repair.Fix.RECHECK: "being checked again",
    Repair.Fix.EXCLUDE: "excluded",
    Repair.Fix.HANDLED: "marked as handled",
}


def sentence(repair: Repair, found: Report) -> str:
    """In a sentence: “12 retried, 3 skipped: The contact opted out (2). …”, or of one message “Priya Raman: retried.”"""
    done = _DONE.get(repair.fix, "retried")
    if found.contact and found.processed:
        return f"{found.contact}: {done}." if found.done else f"{found.contact}: skipped. {found.reasons[0][0].rstrip('.')}."
    words = [f"{found.done} {done}"]
    if found.skipped:
        reasons = " ".join(f"{why.rstrip('.')} ({n})." for why, n in found.reasons[:3])
        words.append(f"{found.skipped} skipped: {reasons}")
    return ", ".join(words).rstrip(".") + "."


def done(number: str | None, fix: str) -> str:
    """The same on the message's own page, where its number was corrected or a fix was done."""
    if number is not None:
        return "The number was corrected, and the message is sent there."
    return {
        Repair.Fix.RECHECK: "It is being checked again.",
        Repair.Fix.EXCLUDE: "The contact is excluded. Nothing automated reaches them any more.",
        Repair.Fix.HANDLED: "Marked as handled.",
    }.get(Repair.Fix(fix), "It is sent again, as a new message.")
