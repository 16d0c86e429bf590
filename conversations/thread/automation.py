"""The workflows that a contact is or was in, with what each step came to: for the panel beside a thread (S0-46, S0-51)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns.models import Enrolment, Execution, Node
from campaigns.vocabulary import MESSAGES, OPEN, UNDER_WAY, ExecutionState
from conversations.models import Conversation
from workspaces.models import Workspace

MOST: Final = 5


@dataclass(frozen=True, slots=True)
class Course:
    """One enrolment with its visits in order; `left` counts the messages that have not left."""

    enrolment: Enrolment
    visits: list[Execution]
    total: int

    @property
    def under_way(self) -> bool:
        return self.enrolment.state in UNDER_WAY

    @property
    def is_drip(self) -> bool:
        return self.enrolment.campaign.is_drip

    @property
    def sent(self) -> int:
        return sum(one.node.kind in MESSAGES and one.state == ExecutionState.EXECUTED for one in self.visits)

    @property
    def left(self) -> int:
        return sum(one.state in OPEN and one.node.kind in MESSAGES for one in self.visits)

    @property
    def words(self) -> str:
        """“2 of 3 steps sent · stopped on reply”, as the panel says it."""
        of = f"{self.sent} of {self.total} messages sent" if self.total else "no messages"
        ended = self.enrolment.get_stop_reason_display() or self.enrolment.get_state_display()
        return f"{of} · {ended.lower()}"


def courses(conversation: Conversation) -> list[Course]:
    """The newest workflows and drips of the contact, newest first. Three queries."""
    if conversation.lead_id is None:
        return []
    mine = Enrolment.objects.of(conversation.workspace).filter(lead=conversation.lead_id)
    rows = list(mine.select_related("campaign", "version").order_by("-pk")[:MOST])
    visits: dict[int, list[Execution]] = {row.pk: [] for row in rows}
    for one in (
        Execution.objects.of(conversation.workspace).filter(enrolment__in=rows).select_related("node").order_by("due_at", "pk")
    ):
        visits[one.enrolment_id].append(one)
    totals = _totals(conversation.workspace, rows)
    return [Course(row, visits[row.pk], totals.get(row.version_id or 0, 0)) for row in rows]


def _totals(workspace: Workspace, rows: list[Enrolment]) -> dict[int, int]:
    """{version id: how many messages it has}."""
    found: dict[int, int] = {}
    nodes = Node.objects.of(workspace).filter(version__in={row.version_id for row in rows}, kind__in=MESSAGES)
    for (version,) in nodes.values_list("version"):
        found[version] = found.get(version, 0) + 1
    return found
