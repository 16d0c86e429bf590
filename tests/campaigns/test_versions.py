"""Editing a campaign that runs: who is under way is moved or stays, nothing is sent twice, and it is said what changes."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from campaigns import actions, editing
from campaigns.changes import changes_for
from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.path import Path, instead
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
    changes = changes_for(campaign, {})
    told = {one.name: (one.kind, one.here, one.goes_to) for one in changes.steps}
    assert told == {
        INTRO[:20]: ("changed", 0, ""),
        "Wait": ("removed", 1, FOLLOW_UP[:20]),
        FOLLOW_UP[:20]: ("same", 0, ""),
        "Last": ("added", 0, ""),
    }
    assert (changes.under_way, changes.not_begun) == (1, 0)


def test_tells_what_a_changed_step_said_and_what_it_says_now() -> None:
    workspace, _ = house()
    asks = step(NodeKind.BRANCH, "Keen?", test="replied", days=2, yes=[text("Great")])
    long = "Hi {{ lead.first_name | there }}, this is about the closing of the books at the end of each quarter"
    campaign = running(workspace, [text(f"{long}."), wait(days=2), asks])

    def change(tree: Tree) -> None:
        words(tree[0], f"{long}, and of each year.")
        tree[1].settings["days"], tree[2].settings["days"] = 3, 4
        tree[2].no.append(tree[2].yes.pop())

    edit(campaign, change)
    told = {step.name: [(one.what, one.was, one.now) for one in step.differs] for step in changes_for(campaign, {}).steps}
    around = "…books at the end of each quarter"
    assert told == {
        long[:20]: [("Text", f"“{around}.”", f"“{around}, and of each year.”")],
        "Wait": [("What it does", "2 days", "3 days")],
        "Keen?": [("What it does", "replied within 2 days?", "replied within 4 days?")],
        "Great": [("Place", "first on the Yes arm of “Keen?”", "first on the No arm of “Keen?”")],
    }


def test_who_stands_at_a_removed_step_goes_on_at_once() -> None:
    campaign, enrolment = stands_waiting()
    edit(campaign, lambda tree: tree.pop(1))
    actions.publish(campaign, by=None)
    go()
    assert [body for body, _ in said(enrolment.lead)][1:] == [FOLLOW_UP]
    assert Execution.objects.get(node__kind="wait").why == "The step was removed from the workflow"
    assert state_of(enrolment) == ("completed", "")


@pytest.mark.parametrize(
    ("before", "after", "stands_at", "goes_to"),
    [
        ("abc", "axc", "b", "x"),  # removed and added again
        ("abc", "xbc", "a", "x"),
        ("abc", "axxc", "b", "x"),
        ("abcd", "axyd", "b", "x"),
        ("abcd", "axyd", "c", "y"),  # b was taken: not x, which is b's successor
        ("abcd", "axd", "c", "d"),
        ("abc", "acx", "b", "c"),
        ("abc", "xac", "b", "c"),  # added before what they have taken
        ("abc", "ax", "c", ""),
        ("abc", "cxa", "b", "c"),
        ("abc", "x", "b", ""),
    ],
)
def test_who_stands_at_a_removed_step_goes_on_at_what_took_its_place(before: str, after: str, stands_at: str, goes_to: str) -> None:
    def path(letters: str, ids: Iterator[int]) -> Path:
        rows = [Node(pk=next(ids), key=f"{one}{n}" if one == "x" else one, arm="") for n, one in enumerate(letters)]
        return Path({row.key: row for row in rows}, {row.pk: row for row in rows}, {(None, ""): rows})

    old, new = path(before, itertools.count(1)), path(after, itertools.count(100))
    found = instead(old.by_key[stands_at], old, new)
    assert (found.key[0] if found else "") == goes_to


def test_a_removed_branch_takes_whom_stands_on_its_arms_to_what_followed_it() -> None:
    workspace, _ = house()
    branch = step(NodeKind.BRANCH, test="persona", values=["Nobody"], no=[wait(days=3), text("On the arm")])
    campaign = running(workspace, [branch, text("Behind")])
    (enrolment,) = enrol(campaign, lead(workspace))
    go()
    edit(campaign, lambda tree: tree.__setitem__(0, text("A new one")))
    actions.publish(campaign, by=None)
    go()
    assert [body for body, _ in said(enrolment.lead)] == ["Behind"]


@pytest.mark.parametrize(("days", "later_by", "written"), [(1, 0, False), (1, 1, True), (5, 3, False), (5, 5, True)])
def test_a_wait_that_was_changed_lasts_as_it_says_now_from_when_they_came_to_it(days: int, later_by: int, written: bool) -> None:
    campaign, enrolment = stands_waiting()
    edit(campaign, lambda tree: tree[1].settings.update(days=days))
    actions.publish(campaign, by=None)
    go()
    later(days=later_by, minutes=1)
    go()
    assert (len(said(enrolment.lead)) == 2) is written


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
