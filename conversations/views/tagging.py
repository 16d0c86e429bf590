"""Tags of one conversation, from beside its thread."""

from __future__ import annotations

from django.http import HttpResponse

from conversations.inbox import tagging
from conversations.models import Tag
from conversations.refusals import Refused
from conversations.thread import reading
from conversations.views.answers import changed
from conversations.views.pages import again
from workspaces.access import WorkspaceRequest, no_such_page, writer


@writer
def tag(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Put the tag `name` on, or take the one of id `off` off."""
    conversation = reading.conversation_of(request.workspace, public_id)
    off = request.POST.get("off", "")
    if off:
        gone = Tag.objects.of(request.workspace).filter(public_id=off).first() or no_such_page()
        tagging.take_off(conversation, gone, by=request.user)
        return changed(request, conversation, f"The tag “{gone}” is taken off.")
    name = request.POST.get("name", "")
    try:
        new = tagging.named(request.workspace, name)
    except Refused as refused:
        typed = {"tag_name": name, "tag_refused": refused.message}
        return again(request, conversation, "conversations/tags.html", typed, pane="details")
    done = tagging.put(conversation, new, by=request.user)
    return changed(request, conversation, f"Tagged “{new}”." if done else f"It carries “{new}” already.", good=done)
