"""A line's reputation (reply rate, unanswered messages in a row, failures), and its rest when that is bad.

Apple and carriers block numbers that start many conversations nobody answers. The line's page warns before that; at
`rest_after` unanswered messages in a row the line stops sending automated ones. The figures are counted by `conversations`,
which knows messages.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from lines.models import Line
from workspaces import audit
from workspaces.models import User

REST: Final = timedelta(days=1)
ENOUGH: Final = 20  # conversations or messages below which a share says nothing
LOW_REPLIES: Final = 0.05
MANY_FAILURES: Final = 0.2
TOO_MANY_FAILURES: Final = 0.5


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted; the line has fields of the same names."""

    started: int
    answered: int
    streak: int
    sent: int
    failed: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What a line's page says. `warnings` come before harm."""

    reply_rate: str
    streak: int
    failures: str
    rests: bool
    warnings: list[str] = field(default_factory=list)


def of(lines: Iterable[Line]) -> dict[int, Standing]:
    now = timezone.now()
    return {
        line.pk: Standing(
            reply_rate=_share(line.answered_lately, line.started_lately),
            streak=line.unanswered_streak,
            failures=_share(line.failed_lately, line.sent_lately + line.failed_lately),
            rests=bool(line.rest_until and line.rest_until > now),
            warnings=warnings(line),
        )
        for line in lines
    }


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} % ({part:,} of {whole:,})" if whole else "None yet"


def warnings(line: Line) -> list[str]:
    """What may burn the number, and what helps."""
    found = []
    most = line.rest_after
    if most and line.unanswered_streak * 2 >= most:
        found.append(
            f"{line.unanswered_streak} new conversations in a row have no reply. At {most} the line rests for a day. "
            "Start fewer, and look at the text and the list."
        )
    if line.started_lately >= ENOUGH and line.answered_lately < LOW_REPLIES * line.started_lately:
        found.append("Fewer than one in twenty answers. Numbers that nobody answers get blocked: write to people who expect it.")
    attempted = line.sent_lately + line.failed_lately
    if attempted >= ENOUGH and line.failed_lately >= MANY_FAILURES * attempted:
        found.append(f"{_share(line.failed_lately, attempted)} of its messages were not delivered. See why before more leave.")
    return found


def judge(line: Line, figures: Figures) -> None:
    """Save the figures, and let the line rest where they are bad enough."""
    counted = {
        "started_lately": figures.started,
        "answered_lately": figures.answered,
        "unanswered_streak": figures.streak,
        "sent_lately": figures.sent,
        "failed_lately": figures.failed,
        "measured_at": timezone.now(),
        **({"rested_at_streak": 0} if figures.streak < line.rested_at_streak else {}),
    }
    Line.objects.filter(pk=line.pk).update(**counted)
    for name, value in counted.items():
        setattr(line, name, value)
    if line.rest_until and line.rest_until > timezone.now():
        return
    attempted = figures.sent + figures.failed
    if line.rest_after and figures.streak >= line.rested_at_streak + line.rest_after:
        rest(line, f"{figures.streak} new conversations in a row had no reply")
    elif attempted >= ENOUGH and figures.failed >= TOO_MANY_FAILURES * attempted and not _rested_lately(line):
        rest(line, f"{_share(figures.failed, attempted)} of its messages were not delivered")


def _rested_lately(line: Line) -> bool:
    return line.rest_until is not None and line.rest_until > timezone.now() - REST


@transaction.atomic
def rest(line: Line, reason: str, *, by: User | None = None) -> None:
    """Hold automated messages of the line for a day; people may still write."""
    until = timezone.now() + REST
    Line.objects.filter(pk=line.pk).update(rest_until=until, rest_reason=reason[:300], rested_at_streak=line.unanswered_streak)
    audit.record(by, line.workspace, "line.rests", target=line.name, reason=reason, until=until.isoformat())


@transaction.atomic
def wake(line: Line, *, by: User) -> bool:
    """End the rest. What it held is looked at again; False when it did not rest."""
    now = timezone.now()
    resting = Line.objects.filter(pk=line.pk, rest_until__gt=now)
    changed = resting.update(rest_until=now, rest_reason="", limits_changed_at=now)
    if changed:
        audit.record(by, line.workspace, "line.woken", target=line.name)
    return bool(changed)
