"""The engine: waits, branches and stops are decided, a batch of them in one short transaction (`campaigns.claiming`).

The other nodes are carried out by `conversations.campaigning.step_taking`, which claims in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.utils import timezone

from campaigns import claiming, nodes
from campaigns.branching import answer
from campaigns.claiming import AT_ONCE, SOON
from campaigns.known import Known
from campaigns.models import Enrolment, Execution
from campaigns.moves import Due, Moves
from campaigns.vocabulary import Arm, BranchTest, ExecutionState, StopReason, WaitMode

Intent = tuple[str, str]
"""Status and reason of what a lead last wrote."""

IntentsOf = Callable[[Sequence[Enrolment]], Mapping[int, Intent | None]]
"""{enrolment: what its lead last wrote means}, None while that is being read; told by the layer above."""

BEING_READ: Final = "What they wrote is being read"


def decide(campaign_id: int, intents_of: IntentsOf, most: int = AT_ONCE) -> int:
    """Decide due waits, branches and stops; how many. An error puts its visit off and holds up no other."""
    return claiming.work_off(campaign_id, ExecutionState.WAITING, partial(_decide, intents_of), most)


def _decide(intents_of: IntentsOf, visits: Sequence[Execution]) -> None:
    moves = Moves(timezone.now())
    due = list(moves.due(visits))
    enrolments = [at.enrolment for at in due]
    known = Known(enrolments)
    asking = [at.enrolment for at in due if isinstance(at.settings, nodes.Branch) and at.settings.test == BranchTest.INTENT]
    intents = intents_of(asking) if asking else {}
    for at in due:
        match at.settings:
            case nodes.Wait() as wait:
                _wait(at, wait, known, moves)
            case nodes.Branch() as branch:
                _branch(at, branch, known, intents.get(at.enrolment.pk), moves)
            case nodes.Stop(note=note):
                moves.last(at, ExecutionState.EXECUTED, note or "Ended here", StopReason.STOP_NODE, note)
            case _:
                raise AssertionError(f"{at.node} is not decided here")
    moves.write()


def _wait(at: Due, wait: nodes.Wait, known: Known, moves: Moves) -> None:
    """Until it is over, from when they came to it: a version may have made it longer since. For a read, at most so long."""
    for_read = wait.mode == WaitMode.READ
    last = known.last_message(at.enrolment) if for_read else None
    if last and last.read_at:
        moves.done(at, "The last message was read")
    elif for_read and last is None:
        moves.done(at, "Not read in that time")
    elif (over := known.over_at(at.enrolment, wait, moves.now, at.visit.created_at)) > moves.now:
        moves.put_off(at, over)
    else:
        moves.done(at, "Not read in that time" if for_read else "Waited")


def _branch(at: Due, branch: nodes.Branch, known: Known, intent: Intent | None, moves: Moves) -> None:
    found = answer(branch, at.enrolment.lead, _Asked(at.enrolment, known, intent))
    if found is None:
        moves.put_off(at, moves.now + SOON, BEING_READ)
        return
    arm, why = found
    if arm == Arm.NO and branch.test in (BranchTest.REPLIED, BranchTest.READ):
        over = known.over_at(at.enrolment, branch, moves.now, at.visit.created_at)
        if over > moves.now:  # woken for nothing
            moves.put_off(at, over)
            return
    moves.into(at, at.path.into(at.node, arm), f"{arm.label}: {why}")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a branch asks about somebody under way."""

    enrolment: Enrolment
    known: Known
    what_it_means: Intent | None

    def replied(self) -> bool:
        last, at = self.known.last_message(self.enrolment), self.enrolment.replied_at
        return at is not None and (last is None or at >= last.at)

    def read(self) -> bool:
        return self.known.was_read(self.enrolment)

    def has_imessage(self) -> bool:
        return self.known.has_imessage(self.enrolment)

    def intent(self) -> Intent | None:
        return self.what_it_means
