"""The Conversation Intent page: what contacts want, in groups that lead to their lists."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict

from conversations import cells
from conversations.inbox.whole import whole_of
from conversations.wording.chips import NEXT_STEP, tone_of
from intent import vocabulary as intent
from workspaces.models import User, Workspace


@dataclass(slots=True)
class Reasons:
    """Conversations of one status and reason: how many, and how many of them wait for an answer."""

    title: str
    query: str
    count: int = 0
    waiting: int = 0


@dataclass(slots=True)
class Group:
    """One intent status with its reasons."""

    title: str
    tone: str
    advice: str
    query: str
    count: int = 0
    waiting: int = 0
    reasons: list[Reasons] = field(default_factory=list)


_TITLES = [*((str(value), str(word)) for value, word in intent.Status.choices), ("", "Not classified")]
_REASONS = dict(intent.Reason.choices)
_NO_ADVICE = "Nobody has replied yet, or the reply is still being read."


def groups(workspace: Workspace, user: User) -> list[Group]:
    """From the counts alone; archived conversations are left out, as in the lists."""
    order = [*cells.DIMENSIONS["reason"].values, ""]
    found = {
        status: Group(title, tone_of(status), NEXT_STEP.get(status, _NO_ADVICE), _query(intent=status or "none"))
        for status, title in _TITLES
    }
    held: dict[tuple[str, str], Reasons] = {}
    for cell, n in whole_of(workspace, user).cube.counts.items():
        if cell & cells.DIMENSIONS["archived"].mask:
            continue
        status, reason = cells.DIMENSIONS["intent"].read(cell), cells.DIMENSIONS["reason"].read(cell)
        waits = n if cell & cells.DIMENSIONS["waiting"].mask else 0
        one = held.setdefault((status, reason), Reasons(_title(reason), _query(intent=status or "none", reason=reason or "none")))
        for part in (found[status], one):
            part.count += n
            part.waiting += waits
    for (status, _), one in sorted(held.items(), key=lambda item: order.index(item[0][1])):
        if status:
            found[status].reasons.append(one)
    return [found[status] for status, _ in _TITLES]


def _title(reason: str) -> str:
    return str(_REASONS.get(reason, "No reason given"))


def _query(**values: str) -> str:
    query = QueryDict(mutable=True)
    query.update(values)
    return query.urlencode()
