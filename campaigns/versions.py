"""Publishing a workflow: what it lacks, putting it in force, and moving enrolments to it.

Moving is one column of the enrolment: a visit of a step goes on at the step of the same key, and where that is gone, at
what took its place, else at what followed it (`campaigns.path.instead`). A wait lasts as long as its step says now, from
when they came to it. What a message says is decided when it is written, so that one already written stays as it is.
"""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from campaigns import node_settings, node_words
from campaigns.models import Campaign, Enrolment, Execution, Node, Version
from campaigns.path import path_of
from campaigns.rings import ring_engine
from campaigns.vocabulary import MESSAGES, OPEN, UNDER_WAY, NodeKind
from workspaces import audit
from workspaces.models import User

MOVED_AT_ONCE: Final = 500


class CannotPublish(ValueError):
    """What the workflow lacks, and for which step."""


def draft_of(campaign: Campaign) -> Version | None:
    return Version.objects.filter(campaign=campaign, published_at=None).first()


def problems(campaign: Campaign, version: Version) -> list[tuple[Node | None, str]]:
    """What keeps a version from being published: (step, sentence), the workflow as a whole where the step is None."""
    found: list[tuple[Node | None, str]] = []
    path = path_of(version)
    for node in path.by_id.values():
        try:
            settings = node_settings.parse(node.kind, node.settings)
        except node_settings.BadSettings as bad:
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
