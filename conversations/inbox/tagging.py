"""Tags of one conversation, put on and taken off by hand. Many at once: `conversations.work.bulk`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from conversations import happenings
from conversations.changes import announce
from conversations.models import Conversation, ConversationTag, Tag
from conversations.refusals import Refused
from workspaces import audit
from workspaces.models import User, Workspace

LONGEST: Final = 40
SUGGESTED: Final = 200


def suggested(workspace: Workspace) -> QuerySet[Tag]:
    """The workspace's tags that some conversation carries, by name."""
    carried = ConversationTag.objects.of(workspace).filter(tag=OuterRef("pk"))
    return Tag.objects.of(workspace).filter(Exists(carried)).order_by("name")[:SUGGESTED]


def of(conversation: Conversation) -> tuple[Sequence[Tag], Sequence[Tag]]:
    """(what it carries, those and others to choose from), each by name. One query."""
    all_of_them = ConversationTag.objects.of(conversation.workspace).filter(tag=OuterRef("pk"))
    rows = Tag.objects.of(conversation.workspace).annotate(mine=Exists(all_of_them.filter(conversation=conversation)))
    known = rows.filter(Q(mine=True) | Exists(all_of_them)).order_by("-mine", "name")[:SUGGESTED]
    by_name = sorted(known, key=lambda tag: tag.name.casefold())
    return [tag for tag in by_name if tag.mine], by_name


def named(workspace: Workspace, name: str) -> Tag:
    """The tag of this name, in any case; made where there is none. Raises Refused for no name, or one that is too long."""
    name = " ".join(name.split())
    if not name:
        raise Refused("Enter a tag.")
    if len(name) > LONGEST:
        raise Refused(f"A tag has {LONGEST} characters at most; this one has {len(name)}.")
    known = Tag.objects.of(workspace).filter(name__iexact=name).first()
    return known or Tag.objects.get_or_create(workspace=workspace, name=name)[0]


@transaction.atomic
def put(conversation: Conversation, tag: Tag, *, by: User) -> bool:
    """False when it carries the tag already."""
    row = ConversationTag(workspace_id=conversation.workspace_id, conversation=conversation, tag=tag, by=by)
    mine = ConversationTag.objects.of(conversation.workspace).filter(conversation=conversation, tag=tag)
    if mine.exists():
        return False
    ConversationTag.objects.bulk_create([row], ignore_conflicts=True)
    _note(conversation, happenings.Kind.TAGGED, tag, by)
    return True


@transaction.atomic
def take_off(conversation: Conversation, tag: Tag, *, by: User) -> bool:
    """False when it does not carry the tag."""
    mine = ConversationTag.objects.of(conversation.workspace).filter(conversation=conversation, tag=tag)
    deleted, _ = mine.delete()
    if deleted:
        _note(conversation, happenings.Kind.UNTAGGED, tag, by)
    return bool(deleted)


def _note(conversation: Conversation, kind: happenings.Kind, tag: Tag, by: User) -> None:
    happenings.note([conversation], kind, by=by, text=f"“{tag}”")
    audit.record(by, conversation.workspace, f"conversation.{kind}", target=str(conversation), tag=str(tag))
    announce(conversation.workspace_id, [conversation.pk])
