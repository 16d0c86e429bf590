"""Editing a campaign that runs: who is under way is moved or stays, nothing is sent twice, and it is said what changes."""

from __future__ import annotations

import pytest

from campaigns import actions, editing
from campaigns.models import Campaign, Enrolment, Execution
from campaigns.tree import Step, Tree
from campaigns.vocabulary import NodeKind
from tests.campaigns.engine import (
    FOLLOW_UP,
    INTRO,
    drafted,
    enrol,
    go,
    house,
    later,
    lead,
    running,
    said,
    state_of,
    step,
    steps_of,
    text,
    wait,
)  # fmt: skip

pytestmark = pytest.mark.django_db


def edit(campaign: Campaign, change: object) -> None:
    assert callable(change)
    editing.change(campaign, change, by=None)


def stands_waiting() -> tuple[Campaign, Enrolment]:
    workspace, _ = house()
    campaign = running(workspace, [text(INTRO), wait(days=2), text(FOLLOW_UP)])
    (enrolment,) = enrol(campaign, lead(workspace))
    go()
    return campaign, enrolment


def words(step_: Step, body: str) -> None:
    step_.settings = {**step_.settings, "texts": [{"letter": "A", "body": body}]}


def test_who_waits_gets_the_new_words_when_moved_and_the_old_ones_when_not() -> None:
    workspace, _ = house()
    for move, expected in [(True, "New words"), (False, FOLLOW_UP)]:
        campaign = running(workspace, [text(INTRO), wait(days=2), text(FOLLOW_UP)])
        someone = lead(workspace)
        enrol(campaign, someone)
        go()
        edit(campaign, lambda tree: words(tree[2], "New words"))
        actions.publish(campaign, by=None, move=move)
        later(days=3)
        go()
        assert [body for body, _ in said(someone)][1:] == [expected]


def test_tells_what_changes_for_whom() -> None:
    campaign, _ = stands_waiting()

    def change(tree: Tree) -> None:
        words(tree[0], "Hello")
        del tree[1]
        tree.append(text("Last"))

    edit(campaign, change)
    changes = actions.changes_for(campaign)
    told = {one.name: (one.kind, one.here, one.goes_to) for one in changes.steps}
    assert told == {
        INTRO[:20]: ("changed", 0, ""),
        "Wait": ("removed", 1, FOLLOW_UP[:20]),
        FOLLOW_UP[:20]: ("same", 0, ""),
        "Last": ("added", 0, ""),
    }
    assert (changes.under_way, changes.not_begun) == (1, 0)


def test_who_stands_at_a_removed_step_goes_on_at_once() -> None:
    campaign, enrolment = stands_waiting()
    edit(campaign, lambda tree: tree.pop(1))
    actions.publish(campaign, by=None)
    go()
    assert [body for body, _ in said(enrolment.lead)][1:] == [FOLLOW_UP]
    assert Execution.objects.get(node__kind="wait").why == "The step was removed from the workflow"
    assert state_of(enrolment) == ("completed", "")


def test_a_step_that_was_taken_is_not_taken_again_where_a_version_puts_it() -> None:
    campaign, enrolment = stands_waiting()
    edit(campaign, lambda tree: tree.append(tree.pop(0)))  # the intro comes last now
    actions.publish(campaign, by=None)
    later(days=3)
    go()
    assert [body for body, _ in said(enrolment.lead)] == ["Hi Priya, Bob at Northwind.", FOLLOW_UP]
    assert state_of(enrolment) == ("completed", "")


def test_an_unfinished_workflow_is_not_published_and_says_what_it_lacks() -> None:
    workspace, _ = house()
    for tree, lacks in [
        ([], "no step yet"),
        ([wait(days=1)], "No step writes"),
        ([text("")], "Write the text"),
        ([text("Hi {{ lead.frist_name }}")], "Did you mean"),
        ([text(INTRO), wait()], "Say how long"),
        ([text(INTRO), step(NodeKind.BRANCH, test="icp")], "at least one ICP"),
    ]:
        campaign = drafted(workspace, tree)
        assert campaign.sender
        with pytest.raises(actions.CannotPublish, match=lacks):
            actions.start(campaign, by=campaign.sender)
        campaign.refresh_from_db()
        assert campaign.status == "draft"


def test_a_draft_takes_leads_who_begin_when_it_starts() -> None:
    workspace, _ = house()
    campaign = drafted(workspace, [text(INTRO)])
    someone = lead(workspace)
    (enrolment,) = enrol(campaign, someone)
    go()
    assert not said(someone)
    edit(campaign, lambda tree: words(tree[0], "Later words"))
    assert campaign.sender
    actions.start(campaign, by=campaign.sender)
    go()
    assert said(someone) == [("Later words", "sent")]
    assert steps_of(enrolment) == [(INTRO[:20], "executed")]
