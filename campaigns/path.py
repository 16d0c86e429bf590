"""Where a workflow leads: the nodes of one version in their order. Only `path_of` and `Paths` query the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import takewhile

from campaigns import node_settings, nodes
from campaigns.models import Enrolment, Node, Version
from campaigns.vocabulary import Arm, BranchTest, NodeKind


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes of a version. `places`: {(id of the parent or None, arm): the nodes there, in order}."""

    by_key: dict[str, Node]
    by_id: dict[int, Node]
    places: dict[tuple[int | None, str], list[Node]]
    version: int = 0  # id
    _settings: dict[int, nodes.Settings] = field(default_factory=dict, repr=False, compare=False)

    def settings(self, node: Node) -> nodes.Settings:
        """What a node of this version is told, read once. Raises BadSettings."""
        if node.pk not in self._settings:
            self._settings[node.pk] = node_settings.parse(node.kind, node.settings)
        return self._settings[node.pk]

    def first(self, parent: Node | None = None, arm: str = Arm.TRUNK) -> Node | None:
        """The first node of the trunk, or of an arm."""
        here = self.places.get((parent.pk if parent else None, arm), [])
        return here[0] if here else None

    def after(self, node: Node) -> Node | None:
        """What follows a node that is done: its next sibling, else what follows the branch it stands in."""
        return next(self.ahead(node), None)

    def ahead(self, node: Node) -> Iterator[Node]:
        """All that follows a node, one after the other, without what stands on the arms of branches to come."""
        at: Node | None = node
        while at:
            here = self.places[(at.parent_id, at.arm)]
            yield from here[here.index(at) + 1 :]
            at = self.by_id.get(at.parent_id or 0)

    def into(self, branch: Node, arm: str) -> Node | None:
        """Where a decided branch leads: the first node on the arm, else what follows the branch."""
        return self.first(branch, arm) or self.after(branch)

    def replied_ahead(self, node: Node) -> Node | None:
        """The branch "replied" that a reply goes to from here: this node itself, else the next one on the way."""
        return next((one for one in [node, *self.ahead(node)] if asks_replied(one)), None)


class Paths:
    """Paths of versions, each read once: enrolments of one campaign follow few versions."""

    def __init__(self, *known: Path) -> None:
        self._known = {path.version: path for path in known}

    def of(self, enrolment: Enrolment) -> Path:
        """The path it follows. It has begun, so that it follows a version."""
        assert enrolment.version_id is not None
        return self.version(enrolment.version_id)

    def version(self, version_id: int) -> Path:
        if version_id not in self._known:
            self._known[version_id] = _read(version_id)
        return self._known[version_id]

    def following(self, node: Node, path: Path) -> Node | None:
        """What comes after `node`, which may be of an older version: then after its namesake, else what is there instead."""
        if same := path.by_key.get(node.key):
            return path.after(same)
        old = self.version(node.version_id)
        return instead(old.by_id[node.pk], old, path)


def path_of(version: Version) -> Path:
    """One query."""
    return _read(version.pk)


def _read(version_id: int) -> Path:
    rows = list(Node.objects.filter(version=version_id).order_by("position", "pk"))
    places: dict[tuple[int | None, str], list[Node]] = {}
    for row in rows:
        places.setdefault((row.parent_id, row.arm), []).append(row)
    return Path({row.key: row for row in rows}, {row.pk: row for row in rows}, places, version_id)


def instead(gone: Node, old: Path, new: Path) -> Node | None:
    """Where somebody at a step of `old` that is missing in `new` goes on: at what took its place, else at what followed it."""
    return _in_its_place(gone, old, new) or next((new.by_key[one.key] for one in old.ahead(gone) if one.key in new.by_key), None)


def _in_its_place(gone: Node, old: Path, new: Path) -> Node | None:
    """What replaced a removed step; None where nothing did, or the branch around it is gone too.

    Of steps removed in a row, the first counts as replaced by the first that was added between the same steps, and so on: nobody
    who has taken one of them gets what replaced it.
    """
    here = old.places[(gone.parent_id, gone.arm)]
    around = old.by_id.get(gone.parent_id or 0)
    parent = new.by_key.get(around.key) if around else None
    if around and parent is None:
        return None
    siblings = new.places.get((parent.pk if parent else None, gone.arm), [])
    keys = [one.key for one in siblings]
    turn, start = 0, 0
    for one in reversed(here[: here.index(gone)]):
        if one.key in keys:
            start = keys.index(one.key) + 1
            break
        turn += 1
    added = list(takewhile(lambda one: one.key not in old.by_key, siblings[start:]))
    return added[turn] if turn < len(added) else None


def asks_replied(node: Node) -> bool:
    return node.kind == NodeKind.BRANCH and node.settings.get("test", BranchTest.REPLIED) == BranchTest.REPLIED
