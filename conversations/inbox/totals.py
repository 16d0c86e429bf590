"""What the navigation shows of a workspace."""

from __future__ import annotations

from dataclasses import dataclass

from conversations import cells
from conversations.inbox.whole import whole_of
from conversations.vocabulary import Family
from intent import vocabulary as intent
from workspaces.models import User, Workspace


@dataclass(frozen=True, slots=True)
class Totals:
    """What the navigation shows of a workspace."""

    overview: int
    imessages: int
    positive: int
    waiting: int
    failures: int  # messages not delivered that nobody dealt with; 1000 stands for that many or more
    work: int  # what is left for the user today: replies, tasks and drafts to approve


def totals(workspace: Workspace, user: User) -> Totals:
    """From one pass over the counts."""
    family, archived = cells.DIMENSIONS["family"], cells.DIMENSIONS["archived"]
    waiting, status = cells.DIMENSIONS["waiting"], cells.DIMENSIONS["intent"]
    phone, positive = family.code(Family.PHONE), status.code(intent.Status.POSITIVE)
    found = [0, 0, 0, 0, 0]
    whole = whole_of(workspace, user)
    for cell, n in whole.cube.beside_list.counts.items():
        if cell & archived.mask:
            continue
        found[0] += n
        found[1] += n if cell & family.mask == phone else 0
        found[2] += n if cell & status.mask == positive else 0
        found[3] += n if cell & waiting.mask and cell & family.mask == phone else 0
        found[4] += n if cell & waiting.mask else 0
    overview, imessages, hot, waits, replies = found
    return Totals(overview, imessages, hot, waits, whole.failures, replies + whole.work)
