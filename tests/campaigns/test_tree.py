"""Changing a workflow: pure trees, then drafts that can be taken back."""

from __future__ import annotations

import pytest

from campaigns import editing, tree
from campaigns.models import Campaign, Version
from campaigns.tree import CannotEdit, Step, Tree
from campaigns.vocabulary import NodeKind
from tests.campaigns.making import make_campaign
from workspaces.models import User, Workspace


def step(key: str, kind: str = NodeKind.IMESSAGE, *, yes: Tree | None = None, no: Tree | None = None) -> Step:
    return Step(key, kind, key, {}, yes or [], no or [])


def branch(key: str, yes: Tree | None = None, no: Tree | None = None) -> Step:
    return step(key, NodeKind.BRANCH, yes=yes, no=no)


def drawn(steps: Tree) -> str:
    """a b(c|d) e"""
    return " ".join(one.key + (f"({drawn(one.yes)}|{drawn(one.no)})" if one.arms else "") for one in steps)


def test_a_step_moves_down_through_both_arms_of_a_branch_and_up_again() -> None:
    steps = [step("a"), branch("b", [step("c")], [step("d")]), step("e")]
    seen = [drawn(steps)]
    while tree.move(steps, "a", up=False):
        seen.append(drawn(steps))
    assert seen == [
        "a b(c|d) e",
        "b(a c|d) e",
        "b(c a|d) e",
        "b(c|a d) e",
        "b(c|d a) e",
        "b(c|d) a e",
        "b(c|d) e a",
    ]
    back = [drawn(steps)]
    while tree.move(steps, "a", up=True):
        back.append(drawn(steps))
    assert back == [*reversed(seen)]


def test_a_branch_does_not_move_deeper_than_can_be_read() -> None:
    steps = [branch("x"), branch("a", [branch("b", [branch("c")])])]
    tree.check(steps)
    tree.move(steps, "x", up=False)
    tree.check(steps)
    for _ in range(12):
        tree.move(steps, "x", up=False)
        tree.check(steps)
    deep = [branch("a", [branch("b", [branch("c", [branch("d")])])])]
    with pytest.raises(CannotEdit, match="at most 3 deep"):
        tree.check(deep)


def test_a_copy_has_keys_of_its_own_also_inside() -> None:
    steps = [branch("b", [step("c")], [step("d")])]
    copy = tree.duplicate(steps, "b")
    keys = [one.key for one, _ in tree.walk(steps)]
    assert len(keys) == len(set(keys)) == 6
    assert steps[1] is copy


def test_steps_are_added_before_after_and_on_arms() -> None:
    steps = [branch("b")]
    for key, place, of in [("a", "before", "b"), ("c", "after", "b"), ("y", "yes", "b"), ("n", "no", "b"), ("z", "end", "")]:
        tree.add(steps, step(key), place=place, of=of)
    assert drawn(steps) == "a b(y|n) c z"
    with pytest.raises(CannotEdit, match="not there any more"):
        tree.add(steps, step("q"), place="after", of="gone")
    with pytest.raises(CannotEdit, match="Choose where"):
        tree.add(steps, step("q"), place="yes", of="a")


@pytest.mark.django_db
def test_every_change_of_a_draft_can_be_taken_back_and_what_runs_stays(northwind: Workspace, bob: User) -> None:
    campaign = make_campaign(northwind, by=bob)
    assert campaign.version
    running = tree.plain(editing.read(campaign.version))
    editing.change(campaign, lambda steps: tree.add(steps, branch("b", [step("y")], [step("n")]), place="end"), by=bob)
    editing.change(campaign, lambda steps: tree.remove(steps, "b"), by=bob)
    draft = Version.objects.get(campaign=campaign, published_at=None)
    assert tree.plain(editing.read(draft)) == running
    assert editing.undo(campaign, by=bob)
    assert drawn(editing.read(draft)).endswith("b(y|n)")
    assert editing.undo(campaign, by=bob)
    assert not editing.undo(campaign, by=bob)
    assert tree.plain(editing.read(campaign.version)) == running


@pytest.mark.django_db
def test_a_refused_change_changes_nothing_and_a_change_takes_an_approval_back(northwind: Workspace, bob: User) -> None:
    campaign = make_campaign(northwind, by=bob, status=Campaign.Status.DRAFT)
    Campaign.objects.filter(pk=campaign.pk).update(approved_at=campaign.created_at, approved_by=bob)
    with pytest.raises(CannotEdit):
        editing.change(campaign, lambda steps: tree.remove(steps, "none"), by=bob)
    campaign.refresh_from_db()
    assert campaign.approved_at
    editing.change(campaign, lambda steps: tree.add(steps, step("more"), place="end"), by=bob)
    campaign.refresh_from_db()
    assert campaign.approved_at is None
