"""The moves of a batch of visits: gathered one by one, then written in a few statements.

The caller has locked the visits and their enrolments. Finishing a node and entering the next is one transaction, so that a
node is visited once, even if a worker is killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from campaigns import nodes, progress
from campaigns.models import Enrolment, Execution, Node
from campaigns.path import Path, Paths
from campaigns.unwanted import unwanted
from campaigns.vocabulary import ExecutionState, StopReason

_FINISH = """
UPDATE campaigns_execution x SET state = w.state, why = w.why, at = %(at)s
FROM unnest(%(ids)s::bigint[], %(states)s::text[], %(whys)s::text[]) AS w(id, state, why)
WHERE x.id = w.id AND x.state IN ('waiting', 'pending')
"""

_PUT_OFF = """
UPDATE campaigns_execution x SET due_at = w.due_at, why = w.why
FROM unnest(%(ids)s::bigint[], %(dues)s::timestamptz[], %(whys)s::text[]) AS w(id, due_at, why)
WHERE x.id = w.id
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A visit that is due, with its step as the version that the enrolment follows has it."""

    visit: Execution
    node: Node
    settings: nodes.Settings
    path: Path

    @property
    def enrolment(self) -> Enrolment:
        return self.visit.enrolment


class Moves:
    """Gathers the moves of a batch; `write` writes them. `now` is the moment at which all of them happen."""

    def __init__(self, now: datetime) -> None:
        self.now, self._paths = now, Paths()
        self._finished: list[tuple[int, str, str]] = []
        self._put_off: list[tuple[int, datetime, str]] = []
        self._stops: dict[tuple[StopReason, str], list[int]] = {}
        self._entering: list[progress.Entering] = []

    def due(self, visits: Sequence[Execution]) -> Iterator[Due]:
        """The visits to be taken. Enrolments of leads that must not be written to stop; those at a removed step go on."""
        for visit in visits:
            enrolment = visit.enrolment
            if reason := unwanted(enrolment.lead):
                self.stop(enrolment, reason)
                continue
            path = self._paths.of(enrolment)
            if node := path.by_key.get(visit.node.key):
                yield Due(visit, node, path.settings(node), path)
            else:
                self._finish(visit, ExecutionState.SKIPPED, "The step was removed from the workflow")
                self._entering.append((enrolment, path, self._paths.following(visit.node, path)))

    def done(self, at: Due, why: str, state: ExecutionState = ExecutionState.EXECUTED) -> None:
        """The step is closed, and what follows it is entered."""
        self.into(at, at.path.after(at.node), why, state)

    def into(self, at: Due, node: Node | None, why: str, state: ExecutionState = ExecutionState.EXECUTED) -> None:
        """The step is closed, and this one entered; None: it was the last."""
        self._finish(at.visit, state, why)
        self._entering.append((at.enrolment, at.path, node))

    def last(self, at: Due, state: ExecutionState, why: str, reason: StopReason, detail: str = "") -> None:
        """The step is closed, and the enrolment stops there."""
        self._finish(at.visit, state, why)
        self.stop(at.enrolment, reason, detail)

    def stop(self, enrolment: Enrolment, reason: StopReason, detail: str = "") -> None:
        self._stops.setdefault((reason, detail), []).append(enrolment.pk)

    def put_off(self, at: Due, until: datetime, why: str | None = None) -> None:
        """It is looked at again then; without `why` for the reason it had."""
        self._put_off.append((at.visit.pk, until, at.visit.why if why is None else why[:300]))

    def write(self) -> None:
        self._write(_FINISH, "states", self._finished)
        self._write(_PUT_OFF, "dues", self._put_off)
        for (reason, detail), ids in self._stops.items():
            progress.stop(ids, reason, detail)
        if self._entering:
            progress.enter_all(self._entering, self.now)

    def _finish(self, visit: Execution, state: ExecutionState, why: str) -> None:
        self._finished.append((visit.pk, state, why[:300]))

    def _write(self, statement: str, second: str, rows: Sequence[tuple[int, str | datetime, str]]) -> None:
        if not rows:
            return
        ids, values, whys = ([*column] for column in zip(*rows, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(statement, {"at": self.now, "ids": ids, second: values, "whys": whys})
