"""Linking a conversation to the lead behind its address, and joining two that turn out to be with one person.

A conversation is one person on one channel family; when two become one, the messages of both stand in it in their order.
Locks are taken in the order of everybody else: messages first, conversations last (see `conversations.sending.outbox`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Min, Model, Q

from conversations import summary
from conversations.changes import announce
from conversations.models import BulkItem, Conversation, ConversationTag, Draft, FormerConversation, Message
from conversations.sending import consents
from conversations.vocabulary import Direction
from leads import actions
from leads.addresses import BadAddress, Normal, normalise
from leads.importing.mapping import SLOTS
from leads.models import Address, Lead, LeadEvent
from workspaces.models import User, Workspace


class CannotLink(ValueError):
    """Why not, and what helps."""


@transaction.atomic
def link(conversation: Conversation, lead: Lead, *, by: User | None) -> Conversation:
    """Save the person behind an unknown address as `lead`; the conversation they are in from now on.

    The lead gets the address. Where the lead has a conversation of this family, the two become one.
    Raises CannotLink.
    """
    if conversation.lead_id:
        raise CannotLink("This conversation has a lead already.")
    hold(conversation.workspace, [lead], conversation)
    _give_address(conversation, lead)
    actions.obey_opt_outs(lead)
    actions.note(lead, LeadEvent.Kind.LINKED, f"{conversation.address}, from a conversation", by=by)
    theirs = Conversation.objects.of(conversation.workspace).filter(family=conversation.family, lead=lead).first()
    if theirs:
        return join(theirs, conversation)
    attach(conversation, lead)
    announce(conversation.workspace_id, [conversation.pk])
    return conversation


def _give_address(conversation: Conversation, lead: Lead) -> None:
    workspace, value = conversation.workspace, conversation.address
    owner = Address.objects.of(workspace).select_related("lead").filter(value=value).first()
    if owner and owner.lead_id != lead.pk:
        raise CannotLink(f"This address belongs to {owner.lead.name}. Merge the two leads, if they are one person.")
    if owner:
        return
    address = _normal(value)
    taken = set(Address.objects.filter(lead=lead, kind=address.kind).values_list("rank", flat=True))
    rank = next((rank for rank in range(SLOTS) if rank not in taken), None)
    if rank is None:
        raise CannotLink(f"{lead.name} has {SLOTS} addresses of this kind already. Remove one first.")
    Address.objects.create(workspace=workspace, lead=lead, kind=address.kind, value=value, rank=rank)


def _normal(value: str) -> Normal:
    """Short codes and names of senders are kept as they came; they count as phones."""
    try:
        return normalise(value, region="ZZ")
    except BadAddress:
        return Normal(Address.Kind.PHONE, value)


def attach(conversation: Conversation, lead: Lead) -> None:
    """Write the lead, and what the list shows of it, onto the conversation."""
    company = lead.company
    conversation.lead, conversation.company = lead, company
    conversation.contact_name, conversation.company_name = lead.name, company.name if company else ""
    conversation.save(update_fields=["lead", "company", "contact_name", "company_name"])


@transaction.atomic
def join(keep: Conversation, drop: Conversation) -> Conversation:
    """Move everything of `drop` into `keep` and delete `drop`; its URL leads to `keep` from then on. Returns `keep`.

    What was unread or unanswered in either stays so.
    """
    pair = [keep.pk, drop.pk]
    messages = Message.objects.filter(workspace_id=keep.workspace_id, conversation_id__in=pair)
    list(messages.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))
    held = Conversation.objects.filter(workspace_id=keep.workspace_id, pk__in=pair).order_by("pk").select_for_update()
    found = {row.pk: row for row in held}
    keep, drop = found[keep.pk], found[drop.pk]
    seen, handled = _done_through(keep, drop, "seen_through"), _done_through(keep, drop, "handled_through")
    _merge_singles(keep, drop)
    for relation in Conversation._meta.related_objects:
        model: type[Model] = relation.related_model
        model._base_manager.filter(**{relation.field.name: drop.pk}).update(**{relation.field.name: keep.pk})
    newest = drop if drop.last_at > keep.last_at else keep
    Conversation.objects.filter(pk=keep.pk).update(
        seen_through=seen,
        handled_through=handled,
        line=newest.line_id,
        address=newest.address,
        assignee=keep.assignee_id or drop.assignee_id,
        archived_at=keep.archived_at if drop.archived_at else None,
    )
    drop.delete()
    FormerConversation.objects.create(workspace_id=keep.workspace_id, public_id=drop.public_id, became=keep)
    summary.refresh([keep.pk])
    announce(keep.workspace_id, pair)
    keep.refresh_from_db()
    return keep


def _merge_singles(keep: Conversation, drop: Conversation) -> None:
    """Merge what a conversation has only one of: each tag and each place in a bulk action is kept once, one person's drafts are put
    together, and a consent message that either of the two had counts for both (S2-39)."""
    workspace = keep.workspace
    tags, items = ConversationTag.objects.of(workspace), BulkItem.objects.of(workspace)
    tags.filter(conversation=drop, tag__in=tags.filter(conversation=keep).values("tag")).delete()
    items.filter(conversation=drop, action__in=items.filter(conversation=keep).values("action")).delete()
    drafts = Draft.objects.of(workspace)
    begun = {draft.user_id: draft for draft in drafts.filter(conversation=keep)}
    for theirs in drafts.filter(conversation=drop, user__in=begun):
        ours = begun[theirs.user_id]
        drafts.filter(pk=ours.pk).update(body=f"{ours.body}\n\n{theirs.body}", against=min(ours.against, theirs.against))
        theirs.delete()
    messages = Message.objects.of(workspace)
    if not messages.filter(dedupe_key=consents.key(keep)).exists():
        messages.filter(dedupe_key=consents.key(drop)).update(dedupe_key=consents.key(keep))


def hold(workspace: Workspace, leads: Sequence[Lead], *threads: Conversation) -> None:
    """Lock the messages of these people and threads, before anything else of them is locked. Call inside a transaction."""
    theirs = Q(lead__in=leads) | Q(pk__in=[one.pk for one in threads])
    rows = Message.objects.of(workspace).filter(conversation__in=Conversation.objects.of(workspace).filter(theirs))
    list(rows.order_by("pk").select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def _done_through(keep: Conversation, drop: Conversation, column: str) -> int:
    """The newest incoming message up to which both are done; one thread's mark says nothing about the other's messages."""
    open_ = Message.objects.filter(
        workspace_id=keep.workspace_id, conversation_id__in=[keep.pk, drop.pk], direction=Direction.INCOMING,
        pk__gt=F(f"conversation__{column}"),
    )  # fmt: skip
    first: int | None = open_.aggregate(first=Min("pk"))["first"]
    through: int = max(getattr(keep, column), getattr(drop, column))
    return min(through, first - 1) if first else through
