"""Notes in a thread."""

from __future__ import annotations

from django.http import HttpResponse

from conversations.models import Note
from conversations.refusals import Refused
from conversations.thread import notes, reading
from conversations.views.answers import changed
from conversations.views.pages import again
from workspaces import audit
from workspaces.access import WorkspaceRequest, no_such_page, writer


@writer
def add(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Leave a note for colleagues; it is never sent. What is refused comes back with what was typed and the reason."""
    conversation = reading.conversation_of(request.workspace, public_id)
    note = request.POST.get("note", "")
    try:
        if not request.membership.notes:
            raise Refused("Notes are switched off for you. An admin can switch them on.")
        notes.add(conversation, note, author=request.user)
    except Refused as refused:
        return again(request, conversation, "conversations/note_form.html", {"note": note, "note_refused": refused.message})
    return changed(request, conversation, "The note is in the thread. Only colleagues see it.")


@writer
def remove(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Take one's own note out again; an admin may take out any."""
    note = Note.objects.of(request.workspace).select_related("conversation", "workspace").filter(public_id=public_id).first()
    if note is None or not request.membership.notes:
        no_such_page()
    if note.author_id != request.user.pk and request.membership.role != "admin":
        return changed(request, note.conversation, "Only its writer or an admin can remove this note.", good=False)
    audit.record(request, request.workspace, "note.removed", target=str(note.conversation))
    notes.remove(note)
    return changed(request, note.conversation, "The note is removed.")
