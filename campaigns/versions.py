"""Publishing a workflow: what it lacks, whom a new version changes what for, and moving who is enrolled to it.

Moving is one column of the enrolment: a visit of a step goes on at the step of the same key, and where that is gone, at
what took its place, else at what followed it (`campaigns.path.instead`). A wait lasts as long as its step says now, from
when they came to it. What a message says is decided when it is written, so that one already written stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from campaigns import node_words, nodes
from campaigns.differences import Difference, differences
from campaigns.models import Campaign, Enrolment, Execution, Node, Version
from campaigns.path import Path, instead, path_of
from campaigns.rings import ring_engine
from campaigns.vocabulary import MESSAGES, OPEN, UNDER_WAY, Arm, NodeKind
from workspaces import audit
from workspaces.models import User

MOVED_AT_ONCE: Final = 500


class CannotPublish(ValueError):
    """What the workflow lacks, and for which step."""


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


def draft_of(campaign: Campaign) -> Version | None:
    return Version.objects.filter(campaign=campaign, published_at=None).first()


def problems(campaign: Campaign, version: Version) -> list[tuple[Node | None, str]]:
    """What keeps a version from being published: (step, sentence), the workflow as a whole where the step is None."""
    found: list[tuple[Node | None, str]] = []
    path = path_of(version)
    for node in path.by_id.values():
        try:
            settings = nodes.parse(node.kind, node.settings)
        except nodes.BadSettings as bad:
            found.append((node, str(bad)))
            continue
        found += [(node, one) for one in node_words.problems(node.kind, settings)]
        if campaign.is_drip and node.kind not in (NodeKind.IMESSAGE, NodeKind.SMS):
            found.append((node, "A drip consists of iMessage and SMS steps alone. Remove this one."))
    if not path.by_id:
        found.append((None, "There is no step yet. Add the first one."))
    elif not any(node.kind in (*MESSAGES, NodeKind.LINKEDIN) for node in path.by_id.values()):
        found.append((None, "No step writes to anybody. Add an iMessage, SMS, Email or LinkedIn step."))
    return found


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


def publish(campaign: Campaign, *, by: User | None, move: bool = True) -> Version:
    """Put the draft in force for everybody who begins from now on; with `move` also for who is under way.

    Without `move` they stay with the version they began with. Raises CannotPublish.
    """
    with transaction.atomic():
        version = _publish(campaign, by, move)
    while move_some(version):
        pass
    ring_engine()
    return version


def _publish(campaign: Campaign, by: User | None, move: bool) -> Version:
    Campaign.objects.of(campaign.workspace).select_for_update(no_key=True).get(pk=campaign.pk)
    version = draft_of(campaign)
    if version is None:
        raise CannotPublish("There is nothing to publish: the workflow has not been changed.")
    if found := problems(campaign, version):
        node, sentence = found[0]
        raise CannotPublish(f"{node.name}: {sentence}" if node else sentence)
    now = timezone.now()
    version.published_at, version.moves = now, move
    version.moved_at = None if move else now
    version.save(update_fields=["published_at", "moves", "moved_at"])
    campaign.version = version
    campaign.save(update_fields=["version"])
    audit.record(by, campaign.workspace, "campaign.published", target=campaign.name, version=version.number, moved=move)
    return version


@transaction.atomic
def move_some(version: Version) -> int:
    """Move a batch of those who follow an older version; how many. The sweep goes on where a worker was killed."""
    if version.moved_at is not None:
        return 0
    in_force = Campaign.objects.filter(pk=version.campaign_id, version=version).exists()
    rows = Enrolment.objects.filter(campaign=version.campaign_id, state__in=UNDER_WAY).exclude(begun_at=None)
    behind = rows.exclude(version=version).order_by("pk")
    ids = list(behind.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True)[:MOVED_AT_ONCE])
    if not ids or not in_force:  # a newer one moves them
        version.moved_at = timezone.now()
        version.save(update_fields=["moved_at"])
        return 0
    Enrolment.objects.filter(pk__in=ids).update(version=version)
    as_before = Node.objects.filter(version=version, key=OuterRef("node__key"), settings=OuterRef("node__settings"))
    open_ = Execution.objects.filter(enrolment__in=ids, state__in=OPEN, handed_at=None)
    open_.filter(~Exists(as_before)).update(due_at=timezone.now())  # who stands at a step that is gone or says something else
    return len(ids)


def unmoved() -> list[Version]:
    """Published versions to which not everybody has been moved yet."""
    return list(Version.objects.filter(published_at__isnull=False, moves=True, moved_at=None)[:20])
