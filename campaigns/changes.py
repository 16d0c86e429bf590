"""What publishing the draft of a workflow changes, step by step, and for how many leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count

from campaigns.differences import Difference, differences
from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.path import Path, instead, path_of
from campaigns.versions import draft_of
from campaigns.vocabulary import OPEN, UNDER_WAY, Arm, NodeKind


@dataclass(frozen=True, slots=True)
class Change:
    """One step between the version in force and the draft. `here`: enrolled leads that stand at it now.

    `kind`: same, changed, added, removed. `does`: the kind of node. `goes_to`: where those who stand at a removed step go on;
    empty: they are done. `differs`: what of a changed step is not as it was.
    """

    key: str
    name: str
    kind: str
    does: str
    here: int = 0
    goes_to: str = ""
    differs: tuple[Difference, ...] = ()

    @property
    def moved(self) -> str:
        """What becomes of those who stand here when they are moved."""
        if self.kind == "removed":
            return f"they go on at “{self.goes_to}”" if self.goes_to else "they are through"
        if self.kind != "changed":
            return ""
        match self.does:
            case NodeKind.WAIT:
                return "they wait as it says now, counted from when they came to it"
            case NodeKind.BRANCH:
                return "they take the arm that it sends them to now"
            case NodeKind.IMESSAGE | NodeKind.SMS:
                return "they get the new text if it has not been written yet"
        return "it is done as it says now"


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing the draft does. `under_way`: leads that follow an older version, and are moved or stay."""

    steps: list[Change]
    under_way: int
    not_begun: int

    @property
    def any(self) -> bool:
        return any(step.kind != "same" for step in self.steps)


def changes_for(campaign: Campaign, names: Mapping[str, str]) -> Changes:
    """What publishing the draft would change for whom. `names` are members by public id."""
    draft, old = draft_of(campaign), campaign.version
    new_path = path_of(draft) if draft else Path({}, {}, {})
    old_path = path_of(old) if old else Path({}, {}, {})
    standing = Execution.objects.filter(campaign=campaign, state__in=OPEN, enrolment__state__in=UNDER_WAY)
    here = dict(standing.values_list("node__key").annotate(n=Count("pk")).values_list("node__key", "n"))
    steps = [_change(node, new_path, old_path, here.get(node.key, 0), names) for node in new_path.by_id.values()]
    for node in old_path.by_id.values():
        if node.key not in new_path.by_key:
            after = instead(node, old_path, new_path)
            steps.append(Change(node.key, node.name, "removed", node.kind, here.get(node.key, 0), after.name if after else ""))
    mine = Enrolment.objects.filter(campaign=campaign, state__in=UNDER_WAY)
    return Changes(steps, mine.exclude(begun_at=None).count(), mine.filter(begun_at=None).count())


def _change(node: Node, new_path: Path, old_path: Path, here: int, names: Mapping[str, str]) -> Change:
    old = old_path.by_key.get(node.key)
    if old is None:
        return Change(node.key, node.name, "added", node.kind)
    was, now = _place(old, old_path, new_path), _place(node, new_path, old_path)
    moved = was != now
    same = not moved and all(getattr(node, name) == getattr(old, name) for name in ("kind", "settings", "name"))
    differs = differences(old, node, names)
    if moved:
        differs.append(Difference("Place", _stands(was, old_path), _stands(now, new_path)))
    return Change(node.key, node.name, "same" if same else "changed", node.kind, here, differs=tuple(differs))


def _place(node: Node, path: Path, other: Path) -> tuple[str, str, str]:
    """Where a step stands among those of both versions: its branch, its arm, and the step before it."""
    siblings = path.places[(node.parent_id, node.arm)]
    before = [one.key for one in siblings[: siblings.index(node)] if one.key in other.by_key]
    parent = path.by_id.get(node.parent_id or 0)
    return parent.key if parent else "", node.arm, before[-1] if before else ""


def _stands(place: tuple[str, str, str], path: Path) -> str:
    """The same in words."""
    branch, arm, before = place
    where = f"after “{path.by_key[before].name}”" if before else "first"
    return f"{where} on the {Arm(arm).label} arm of “{path.by_key[branch].name}”" if branch else where
