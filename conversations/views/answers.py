"""How a view that changed something answers: a page that scripts read gets events, any other is sent back to the thread."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import trigger_client_event

from conversations.models import Conversation
from workspaces.access import WorkspaceRequest


def changed(
    request: WorkspaceRequest, conversation: Conversation, text: str = "", *, good: bool = True, undo: str = ""
) -> HttpResponse:
    """The thread and the list have changed; `text` tells the person what was done, or why it was not.

    `undo` is the address that takes it back, where one does.
    """
    if request.htmx:
        response = HttpResponse(status=204)
        trigger_client_event(response, "thread-changed")
        trigger_client_event(response, "list-changed")
        if text:
            action = {"action": {"label": "Undo", "url": undo}} if undo else {}
            trigger_client_event(response, "toast", {"text": text, "level": "success" if good else "warning"} | action)
        return response
    if text:
        (messages.success if good else messages.warning)(request, text, extra_tags=undo)
    return back_to(request, conversation)


_PAGES: Final = ("conversation", "conversation_details", "overview_conversation")
_LISTS: Final = {"imessages": "conversation", "overview": "overview_conversation"}
"""{list: the page of a conversation beside it}."""


def back_to(request: WorkspaceRequest, conversation: Conversation) -> HttpResponseRedirect:
    """To the conversation as its page was: with the filters of the list beside it, which the browser says it came from."""
    try:
        came = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # what says so is no browser
        came = urlsplit("")
    kwargs = {"slug": request.workspace.slug, "public_id": conversation.public_id}
    if came.path in {reverse(name, kwargs=kwargs) for name in _PAGES}:
        return HttpResponseRedirect(urlunsplit(("", "", came.path, came.query, "")))
    for list_, beside in _LISTS.items():  # it was opened beside a list whose address stayed
        if came.path == reverse(list_, kwargs={"slug": request.workspace.slug}):
            return HttpResponseRedirect(urlunsplit(("", "", reverse(beside, kwargs=kwargs), came.query, "")))
    return HttpResponseRedirect(reverse("conversation", kwargs=kwargs))
