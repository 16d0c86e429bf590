"""Canned responses in their three uses: chosen by hand, as away message, as automatic reply to a keyword (S2-16)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from conversations.models import CannedResponse, Conversation, Message
from conversations.sending.compose import Outgoing, compose
from conversations.vocabulary import Direction, Origin
from leads import keywords, optouts
from workspaces import paging
from workspaces.models import Workspace

Use = CannedResponse.Use

SIZE: Final = 50


def page(workspace: Workspace, after: str = "") -> paging.Page[CannedResponse]:
    """A page of all of them, by use and name."""
    rows = CannedResponse.objects.of(workspace).select_related("by").annotate(placed=Concat("use", Value(" "), "name"))
    return paging.by_name(rows, after, SIZE, of=f"canned:{workspace.pk}", field="placed")


def replies(workspace: Workspace, sought: str = "") -> list[CannedResponse]:
    """Those a person can choose in the composer, by name; with every word of `sought` in name or text."""
    found = CannedResponse.objects.of(workspace).filter(use=Use.REPLY, enabled=True)
    for word in sought.split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(body__icontains=word))
    return list(found.order_by("name")[:100])


def answer(conversation: Conversation, message: Message) -> Message | None:
    """What answers an incoming message by itself, composed; None where nothing does.

    A keyword goes before the away message. Call with the person held (`leads.optouts.hold_alone`), inside the
    transaction that makes the message visible. The gate decides again when it leaves.

    1. Nobody who opted out, and no STOP or START, is answered.
    2. One response answers a contact once within its hours.
    """
    workspace = conversation.workspace
    if keywords.is_opt_out(message.body, workspace) or keywords.is_opt_in(message.body, workspace):
        return None
    automatic = list(CannedResponse.objects.of(workspace).filter(enabled=True, use__in=[Use.KEYWORD, Use.AWAY]).order_by("pk"))
    chosen = _chosen(automatic, message, workspace)
    if chosen is None or _answered_lately(conversation, chosen):
        return None
    if optouts.has_opted_out(conversation.workspace_id, [message.address], conversation.lead):
        return None
    return compose(
        Outgoing(
            conversation=conversation,
            body=chosen.body,
            origin=Origin.AUTO,
            dedupe_key=f"auto:{message.pk}",
            line=message.line,
            canned=chosen,
        )
    )


def _chosen(automatic: list[CannedResponse], message: Message, workspace: Workspace) -> CannedResponse | None:
    said = plain(message.body)
    now = timezone.now().astimezone(workspace.zone)
    for one in automatic:
        if one.use == Use.KEYWORD and said in {plain(word) for word in one.keywords}:
            return one
    return next((one for one in automatic if one.use == Use.AWAY and away(one, now)), None)


def plain(text: str) -> str:
    """A message as keywords are compared: without case, marks around it, and double spaces."""
    return " ".join(text.casefold().strip(" \t\r\n.,;:!?\"'“”‘’()").split())


def away(one: CannedResponse, local: datetime) -> bool:
    """Whether nobody is there at `local`, on the workspace's clocks. Without office hours it is always so."""
    if one.office_days and local.weekday() not in one.office_days:
        return True
    if one.office_from is None or one.office_until is None:
        return not one.office_days
    return not one.office_from <= local.time() < one.office_until


def _answered_lately(conversation: Conversation, one: CannedResponse) -> bool:
    since = timezone.now() - timedelta(hours=one.every_hours)
    lately = Message.objects.of(conversation.workspace).filter(
        conversation=conversation, canned=one, created_at__gt=since, direction=Direction.OUTGOING
    )
    return lately.exists()
