"""Changing a campaign's workflow. All edits go to its draft version, whose steps are read, changed and written whole.

Each change keeps the state before it (`Version.undo`), so that it can be taken back until the draft is published.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import transaction

from campaigns import tree as trees
from campaigns.models import Campaign, Node, Version
from campaigns.tree import Step, Tree
from campaigns.versions import draft_of
from campaigns.vocabulary import Arm
from workspaces.models import User

MOST_UNDONE: Final = 20

T = TypeVar("T")


def read(version: Version) -> Tree:
    """The steps of a version, in one query."""
    rows = list(Node.objects.filter(version=version).order_by("position", "pk"))
    steps = {row.pk: Step(row.key, row.kind, row.name, row.settings) for row in rows}
    tree: Tree = []
    for row in rows:
        if row.parent_id is None:
            tree.append(steps[row.pk])
        else:
            parent = steps[row.parent_id]
            (parent.yes if row.arm == Arm.YES else parent.no).append(steps[row.pk])
    return tree


def write(version: Version, tree: Tree) -> None:
    """Make `tree` the steps of a version that nobody follows yet."""
    Node.objects.filter(version=version).delete()
    _create(version, [(None, Arm.TRUNK, tree)])


def _create(version: Version, lists: list[tuple[Node | None, Arm, Tree]]) -> None:
    """Level by level, for a node needs its parent's id."""
    made = [
        (step, Node(
            workspace_id=version.workspace_id, version=version, key=step.key, kind=step.kind, name=step.name[:100],
            parent=parent, arm=arm, position=position, settings=step.settings,
        ))
        for parent, arm, steps in lists
        for position, step in enumerate(steps)
    ]  # fmt: skip
    if made:
        Node.objects.bulk_create([node for _, node in made])
        _create(version, [(node, arm, steps) for step, node in made for arm, steps in step.arms])


@transaction.atomic
def start_draft(campaign: Campaign, *, by: User | None) -> Version:
    """The campaign's draft, locked; a copy of the version in force where there is none yet."""
    Campaign.objects.of(campaign.workspace).select_for_update(no_key=True).get(pk=campaign.pk)
    if found := draft_of(campaign):
        return found
    newest = Version.objects.filter(campaign=campaign).order_by("-number").first()
    number = newest.number + 1 if newest else 1
    made = Version.objects.create(workspace_id=campaign.workspace_id, campaign=campaign, number=number, created_by=by)
    if campaign.version:
        write(made, read(campaign.version))
    return made


@transaction.atomic
def change(campaign: Campaign, edit: Callable[[Tree], T], *, by: User | None) -> T:
    """Let `edit` change the draft's steps in place; what it returns. Raises CannotEdit, and then nothing has changed."""
    draft = start_draft(campaign, by=by)
    tree = read(draft)
    before = trees.plain(tree)
    result = edit(tree)
    trees.check(tree)
    if trees.plain(tree) != before:
        write(draft, tree)
        take_approval_back(campaign)
        draft.undo = [*draft.undo, before][-MOST_UNDONE:]
        draft.save(update_fields=["undo"])
    return result


@transaction.atomic
def undo(campaign: Campaign, *, by: User | None) -> bool:
    """Take the draft's last change back; False when there is none."""
    draft = start_draft(campaign, by=by)
    if not draft.undo:
        return False
    write(draft, trees.from_plain(draft.undo[-1]))
    take_approval_back(campaign)
    draft.undo = draft.undo[:-1]
    draft.save(update_fields=["undo"])
    return True


@transaction.atomic
def discard(campaign: Campaign) -> bool:
    """Give the draft up; False when there is none, or no version in force to go on with."""
    Campaign.objects.of(campaign.workspace).select_for_update(no_key=True).get(pk=campaign.pk)
    if campaign.version_id is None or not (draft := draft_of(campaign)):
        return False
    draft.delete()
    return True


def take_approval_back(campaign: Campaign) -> None:
    """What was approved is not what there is now."""
    asked = {"approval_asked_at": None, "approval_asked_by": None, "approved_at": None, "approved_by": None}
    Campaign.objects.of(campaign.workspace).filter(pk=campaign.pk, status=Campaign.Status.DRAFT).update(**asked)
