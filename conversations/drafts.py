"""Drafts: kept for each person and conversation, and warned of when the thread has moved on meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from conversations.models import Conversation, Draft, Message
from conversations.vocabulary import Direction, Origin, State
from leads import optouts
from leads.models import OptOut
from workspaces.models import User

BY_PEOPLE = (Origin.PERSON, Origin.DEVICE)
NOT_SAID = (State.CANCELLED, State.DISCARDED, State.DRAFT)


@dataclass(frozen=True, slots=True)
class Stale:
    """One thing that happened after the draft was begun."""

    what: str
    at: datetime


def of(conversation: Conversation, user: User) -> Draft | None:
    return Draft.objects.of(conversation.workspace).filter(conversation=conversation, user=user).first()


@transaction.atomic
def keep(conversation: Conversation, user: User, body: str, *, against: int | None = None, nonce: str = "") -> Draft | None:
    """Keep what `user` has written so far; without words there is no draft any more.

    `against` is the newest message they had seen when they began. A text whose `nonce` was sent is no draft: the page
    may save it once more while it is being sent.
    """
    mine = Draft.objects.of(conversation.workspace).filter(conversation=conversation, user=user)
    if not body.strip() or (nonce and sent(conversation, user, nonce)):
        mine.delete()
        return None
    values = {"body": body, "updated_at": timezone.now()}
    if against is not None:
        values["against"] = against
    draft, _ = Draft.objects.of(conversation.workspace).update_or_create(
        workspace=conversation.workspace, conversation=conversation, user=user, defaults=values
    )
    return draft


def drop(conversation: Conversation, user: User) -> None:
    Draft.objects.of(conversation.workspace).filter(conversation=conversation, user=user).delete()


def sent(conversation: Conversation, user: User, nonce: str) -> bool:
    return Message.objects.of(conversation.workspace).filter(dedupe_key=key(user, nonce)).exists()


def key(user: User, nonce: str) -> str:
    """What a reply is the message of: one text of one person."""
    return f"ui:{user.pk}:{nonce}"


def newest(conversation: Conversation) -> Message | None:
    """The newest message of a thread, by the order in which we learned of them."""
    return Message.objects.of(conversation.workspace).filter(conversation=conversation).order_by("-pk").first()


def seen_of(conversation: Conversation, public_id: str) -> int | None:
    """The row number of the message a page says it had seen; 0 for the beginning of a thread; None: it did not say."""
    if public_id == "start":
        return 0
    rows = Message.objects.of(conversation.workspace).filter(conversation=conversation, public_id=public_id)
    return rows.values_list("pk", flat=True).first()


def answer_since(conversation: Conversation, against: int, *, than: User) -> Message | None:
    """The newest thing that somebody other than `than` wrote in the thread after message `against`."""
    theirs = Message.objects.of(conversation.workspace).filter(
        Q(author=None) | ~Q(author=than),
        conversation=conversation,
        direction=Direction.OUTGOING,
        origin__in=BY_PEOPLE,
        pk__gt=against,
    )
    return theirs.exclude(state__in=NOT_SAID).select_related("author").order_by("-pk").first()


def said_since(conversation: Conversation, against: int, body: str, *, by: User) -> Message | None:
    """The same text that the same person sent after message `against`: a draft is open in every window of theirs."""
    if not body:
        return None
    mine = Message.objects.of(conversation.workspace).filter(conversation=conversation, author=by, body=body, pk__gt=against)
    return mine.exclude(state__in=NOT_SAID).select_related("author").order_by("-pk").first()


def stale(draft: Draft | None, conversation: Conversation) -> list[Stale]:
    """What happened in the thread since the draft was begun: an answer, a message from the contact, an opt-out."""
    if draft is None:
        return []
    found = []
    if answer := answer_since(conversation, draft.against, than=draft.user):
        found.append(Stale(f"{answer.author or 'Somebody'} answered after you began this draft", answer.created_at))
    came = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, direction=Direction.INCOMING, pk__gt=draft.against
    )
    if written := came.order_by("-pk").first():
        found.append(Stale(f"{conversation} wrote after you began this draft", written.created_at))
    values = optouts.addresses_of(conversation.workspace, conversation.address)
    outs = OptOut.objects.of(conversation.workspace).filter(value__in=values, lifted_at=None, received_at__gte=draft.updated_at)
    if out := outs.order_by("-received_at").first():
        found.append(Stale(f"{conversation} opted out after you wrote this draft", out.received_at))
    return found
