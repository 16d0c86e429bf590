"""A refusal ends what a campaign's branch for replies would still send, unless the workflow asks for the intent itself."""

from __future__ import annotations

import pytest

from campaigns.vocabulary import NodeKind
from conversations.readings import understanding
from tests.campaigns.engine import FOLLOW_UP, INTRO, enrol, go, hear, house, later, lead, running, state_of, step, text, wait


@pytest.mark.parametrize(("words", "goes_on"), [("Not interested, thanks", False), ("Sounds good, tell me more", True)])
def test_a_refusal_ends_the_branch_for_replies(db: None, words: str, goes_on: bool) -> None:
    workspace, line = house()
    branch = step(NodeKind.BRANCH, "Replied?", test="replied", days=1, yes=[wait(days=1), text("Here is more.")])
    one = lead(workspace)
    [enrolment] = enrol(running(workspace, [text(INTRO), branch]), one)
    go()
    hear(line, one, words)
    go()
    assert state_of(enrolment)[0] == "active", "the branch for replies went on"
    understanding.read_waiting()
    assert (state_of(enrolment)[0] == "active") == goes_on


def test_a_workflow_that_asks_for_the_intent_decides_itself(db: None) -> None:
    workspace, line = house()
    refused = step(NodeKind.BRANCH, "No?", test="intent", statuses=["negative"], yes=[step(NodeKind.STOP, "over")])
    branch = step(NodeKind.BRANCH, "Replied?", test="replied", days=1, yes=[wait(days=1), refused, text(FOLLOW_UP)])
    one = lead(workspace)
    [enrolment] = enrol(running(workspace, [text(INTRO), branch]), one)
    go()
    hear(line, one, "Not interested, thanks")
    understanding.read_waiting()
    go()
    assert state_of(enrolment)[0] == "active"
    later(days=2)
    go()
    assert state_of(enrolment)[0] != "active"
