"""Template tags that draw rows of conversations."""

from __future__ import annotations

from collections.abc import Sequence

from django import template
from django.template import Context
from django.urls import reverse
from django.utils.safestring import SafeString

from conversations.inbox import drawing
from conversations.inbox.drawing import ANY_ID, Frame
from conversations.inbox.listing import Listing
from conversations.inbox.rows import Row
from conversations.inbox.search import Hit

register = template.Library()


@register.simple_tag(takes_context=True)
def draw_rows(context: Context, listing: Listing) -> SafeString:
    """The rows of a list as they stand on the page that `listing` is for."""
    workspace = context["current_workspace"]
    url = reverse(listing.page.conversation, kwargs={"slug": workspace.slug, "public_id": ANY_ID})
    frame = Frame(workspace, url, listing.query, str(context.get("open") or ""), picks=bool(context.get("selectable")))
    return drawing.draw(listing.rows, frame)


@register.simple_tag(takes_context=True)
def draw_links(context: Context, rows: Sequence[Row]) -> SafeString:
    """Rows on a page of something else: plain links to their conversations."""
    workspace = context["current_workspace"]
    url = reverse("overview_conversation", kwargs={"slug": workspace.slug, "public_id": ANY_ID})
    return drawing.draw(rows, Frame(workspace, url, swaps=False))


@register.simple_tag(takes_context=True)
def draw_hits(context: Context, hits: Sequence[Hit]) -> SafeString:
    """What a search has found, each with the words of the message and leading to it."""
    workspace, page = context["current_workspace"], context["page"]
    url = reverse(page.conversation, kwargs={"slug": workspace.slug, "public_id": ANY_ID})
    frame = Frame(workspace, url, context["list"].query, str(context.get("open") or ""), picks=bool(context.get("selectable")))
    return drawing.draw_hits(hits, frame, context["sought"])
