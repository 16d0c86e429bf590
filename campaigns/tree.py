"""A workflow as a tree of steps while it is edited, and the operations on it. Nothing here reads the database.

Steps keep their key through all versions of a workflow: by it, enrolments are moved from one version to the next.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from campaigns.vocabulary import Arm, NodeKind

MOST_STEPS: Final = 100
DEEPEST: Final = 3
"""Branches within branches: deeper ones nobody can read."""


class CannotEdit(ValueError):
    """Why not, and what helps."""


@dataclass
class Step:
    """A node as it is edited; a branch carries what stands on its two arms."""

    key: str
    kind: str
    name: str
    settings: dict[str, Any]
    yes: list[Step] = field(default_factory=list)
    no: list[Step] = field(default_factory=list)

    @property
    def arms(self) -> list[tuple[Arm, list[Step]]]:
        return [(Arm.YES, self.yes), (Arm.NO, self.no)] if self.kind == NodeKind.BRANCH else []


Tree = list[Step]


@dataclass(frozen=True, slots=True)
class Removed:
    """What was taken out. `near`: what stood above it, else what follows now; `inside`: how many steps went with it."""

    step: Step
    near: str
    inside: int

    @property
    def words(self) -> str:
        more = f" and the {self.inside} step{'' if self.inside == 1 else 's'} on its arms" if self.inside else ""
        return f"“{self.step.name}”{more} removed. Undo brings {'them' if self.inside else 'it'} back."


def new_key() -> str:
    return secrets.token_hex(6)


def walk(tree: Tree, depth: int = 0) -> Iterator[tuple[Step, int]]:
    """Every step from top to bottom, with how many branches it stands in."""
    for step in tree:
        yield step, depth
        for _, arm in step.arms:
            yield from walk(arm, depth + 1)


def find(tree: Tree, key: str) -> Step:
    """Raises CannotEdit."""
    siblings, index = _where(tree, key)
    return siblings[index]


def check(tree: Tree) -> None:
    """Raises CannotEdit where the tree has become too large to be read."""
    steps = list(walk(tree))
    if len(steps) > MOST_STEPS:
        raise CannotEdit(f"A workflow has at most {MOST_STEPS} steps. Remove some first, or start a second campaign.")
    if any(depth >= DEEPEST and step.kind == NodeKind.BRANCH for step, depth in steps):
        raise CannotEdit(f"Branches stand at most {DEEPEST} deep in each other. Put this one further out.")


# ── changes, in place ───────────────────────────────────────────────────────────────────────────


def add(tree: Tree, step: Step, *, place: str, of: str = "") -> Step:
    """Put a step `before` or `after` the step of key `of`, or last on its `yes` or `no` arm, or at the `end` of all."""
    if place == "end":
        tree.append(step)
        return step
    siblings, index = _where(tree, of)
    match place:
        case "before":
            siblings.insert(index, step)
        case "after":
            siblings.insert(index + 1, step)
        case "yes" | "no" if siblings[index].kind == NodeKind.BRANCH:
            (siblings[index].yes if place == "yes" else siblings[index].no).append(step)
        case _:
            raise CannotEdit("Choose where the step goes: before or after another one, on an arm of a branch, or at the end.")
    return step


def remove(tree: Tree, key: str) -> Removed:
    """Take a step out; a branch goes with all that stands on its arms."""
    order = [step.key for step, _ in walk(tree)]
    siblings, index = _where(tree, key)
    step = siblings.pop(index)
    left = {one.key for one, _ in walk(tree)}
    place = order.index(key)
    near = [one for one in [*reversed(order[:place]), *order[place:]] if one in left]
    return Removed(step, near[0] if near else "", len(order) - len(left) - 1)


def duplicate(tree: Tree, key: str) -> Step:
    """A copy right behind it, with keys of its own."""
    siblings, index = _where(tree, key)
    copy = deepcopy(siblings[index])
    for step, _ in walk([copy]):
        step.key = new_key()
    siblings.insert(index + 1, copy)
    return copy


def move(tree: Tree, key: str, *, up: bool) -> bool:
    """One place up or down as the eye reads it: into the arms of a branch and out of them again. False at the end."""
    siblings, index = _where(tree, key)
    step = siblings[index]
    beside = index - 1 if up else index + 1
    if 0 <= beside < len(siblings):
        other = siblings[beside]
        siblings.pop(index)
        if other.arms and _fits(tree, other, step):
            other.no.append(step) if up else other.yes.insert(0, step)
        else:
            siblings.insert(beside, step)
        return True
    around = _around(tree, siblings)
    if around is None:
        return False
    siblings.pop(index)
    branch, outer = around
    place = outer.index(branch)
    if siblings is branch.yes and not up:
        branch.no.insert(0, step)
    elif siblings is branch.no and up:
        branch.yes.append(step)
    else:
        outer.insert(place if up else place + 1, step)
    return True


def _fits(tree: Tree, branch: Step, step: Step) -> bool:
    """Whether the branch has room for the step and the branches within it."""
    depth = next(depth for one, depth in walk(tree) if one is branch) + 1
    inner = max((below for one, below in walk([step]) if one.arms), default=-1)
    return depth + inner < DEEPEST


def _where(tree: Tree, key: str) -> tuple[Tree, int]:
    """The list that holds the step, and its place there."""
    for index, step in enumerate(tree):
        if step.key == key:
            return tree, index
        for _, arm in step.arms:
            try:
                return _where(arm, key)
            except CannotEdit:
                continue
    raise CannotEdit("This step is not there any more. Somebody else may have removed it; load the page again.")


def _around(tree: Tree, siblings: Tree) -> tuple[Step, Tree] | None:
    """The branch on whose arm `siblings` stand, and the list that holds the branch; None for the trunk."""
    for step in tree:
        for _, arm in step.arms:
            if arm is siblings:
                return step, tree
            if found := _around(arm, siblings):
                return found
    return None


# ── as JSON keeps it ────────────────────────────────────────────────────────────────────────────


def plain(tree: Tree) -> list[dict[str, Any]]:
    """Of its own: what is done to the tree afterwards does not change it."""
    names = ("key", "kind", "name", "settings")
    return [
        {name: deepcopy(getattr(step, name)) for name in names} | {"yes": plain(step.yes), "no": plain(step.no)} for step in tree
    ]


def from_plain(rows: list[dict[str, Any]]) -> Tree:
    return [
        Step(row["key"], row["kind"], row["name"], row["settings"], from_plain(row["yes"]), from_plain(row["no"])) for row in rows
    ]
