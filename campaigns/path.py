"""Where a workflow leads: the order of the nodes of one version. Nothing here asks the database but `path_of`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from campaigns.models import Node, Version
from campaigns.vocabulary import Arm, NodeKind


@dataclass(frozen=True, slots=True)
class Path:
    """The nodes of a version by their place: (parent's id or None, arm) to nodes in order."""

    by_key: dict[str, Node]
    by_id: dict[int, Node]
    places: dict[tuple[int | None, str], list[Node]]
    version: int = 0  # id

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


def path_of(version: Version) -> Path:
    """One query."""
    rows = list(Node.objects.filter(version=version).order_by("position", "pk"))
    places: dict[tuple[int | None, str], list[Node]] = {}
    for row in rows:
        places.setdefault((row.parent_id, row.arm), []).append(row)
    return Path({row.key: row for row in rows}, {row.pk: row for row in rows}, places, version.pk)


def asks_replied(node: Node) -> bool:
    return node.kind == NodeKind.BRANCH and node.settings.get("test", "replied") == "replied"
