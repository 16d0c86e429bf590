"""An open conversation beside its list, and the parts of it that reload themselves."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conversations import live, presence
from conversations.inbox import tagging
from conversations.inbox.listing import IMESSAGES, OVERVIEW, Page
from conversations.models import Conversation
from conversations.readings import relabelling
from conversations.receiving import canned
from conversations.sending.contents import BODY_LIMIT
from conversations.thread import contact, reading, together, turns
from conversations.thread.composing import Composer, composer
from conversations.thread.forms import ReplyForm
from conversations.thread.together import Together
from conversations.views.lists import PAGE, list_context, list_part
from conversations.wording import chips, statuses
from leads.localtime import local_time
from workspaces.access import WorkspaceRequest, background, member, no_such_page


@member
def conversation(request: WorkspaceRequest, public_id: str, pane: str = "thread", page: Page = IMESSAGES) -> HttpResponse:
    """An open conversation: beside the list as a page, or alone for a page that has the list already."""
    if request.htmx.target == "rows":
        return list_part(request, page, open_=public_id)
    try:
        found = reading.conversation_of(request.workspace, public_id)
    except Http404:
        return _led_on(request, public_id)
    shown = together.of(found, request.GET) if page is OVERVIEW else None
    context = (
        thread_context(request, found, shown)
        | beside_context(found)
        | {"pane": pane, "open": public_id, "back": _list_of(request, page)}
    )
    if request.htmx.target == "conversation":
        return render(request, "conversations/conversation.html", context)
    return render(request, PAGE, context | list_context(request, page))


def _list_of(request: WorkspaceRequest, page: Page) -> str:
    """The URL of the list that it was opened from, with its filters."""
    url, query = reverse(page.list, args=[request.workspace.slug]), together.left_of(request.GET)
    return f"{url}?{query}" if query else url


def _led_on(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """To the conversation that this one became part of. Raises Http404."""
    now = reading.became(request.workspace, public_id) or no_such_page()
    return redirect(request.get_full_path().replace(f"/{public_id}/", f"/{now}/"))


@background
@member
def messages(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The thread's messages for a page that has it open: earlier ones (`before`), or all it shows once more (`since`)."""
    found = reading.conversation_of(request.workspace, public_id)
    part = "earlier" if "before" in request.GET else "refreshed"
    shown = together.of(found, request.GET) if "every" in request.GET else None
    return render(request, f"conversations/thread.html#{part}", thread_context(request, found, shown))


@background
@member
def context(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The panel beside the thread, for a page that reloads it."""
    found = reading.conversation_of(request.workspace, public_id)
    known = {"conversation": found, "contact": contact.of(found), "facts": contact.facts(found)}
    return render(request, "conversations/context.html", known | beside_context(found))


def thread_context(request: WorkspaceRequest, found: Conversation, shown: Together | None = None) -> dict[str, Any]:
    """What the thread's templates need, `shown` being what may stand in one thread with it. The stamp is read before the rows."""
    may_note = request.membership.notes
    _, stamp = live.stamps(request.workspace.pk, found.pk)
    before, since, sought = (request.GET.get(name, "") for name in ("before", "since", "m"))
    others = shown.read if shown else []
    if sought and not before:
        before, since = reading.around(found, sought, others)
    known, facts = contact.of(found), contact.facts(found)
    log = reading.log(found, known.opt_outs, others, before=before, since=since, notes=may_note)
    new = request.GET.get("new", "") or reading.first_unseen(found)
    writing = composer(found, request.membership, request.user, known, facts)
    return {
        "conversation": found,
        "contact": known,
        "facts": facts,
        "log": log,
        "together": shown,
        "drawn": turns.draw(log, found, new=new, may_write=request.membership.writes, may_answer=writing.allowed),
        "stamp": stamp,
        "sought_message": sought,
        "older_part": bool(sought and before),
        "composer": writing,
        "form": _form(request, writing),
        "body_limit": BODY_LIMIT,
        "presence": presence.around(found, request.user),
        "may_note": may_note and request.membership.writes,
        "read_unavailable": statuses.READ_UNAVAILABLE,
    }


def again(
    request: WorkspaceRequest, found: Conversation, part: str, typed: dict[str, Any], *, pane: str = "thread"
) -> HttpResponse:
    """What was refused, as it was typed and with the reason: the `part` it was typed in, or without scripts the whole page."""
    context = thread_context(request, found) | beside_context(found) | {"pane": pane, "open": found.public_id} | typed
    if request.htmx:
        return render(request, part, context, status=422)
    return render(request, PAGE, context | list_context(request, IMESSAGES), status=422)


def _form(request: WorkspaceRequest, writing: Composer) -> ReplyForm:
    body = _canned(request) or writing.draft
    return ReplyForm(initial={"nonce": secrets.token_urlsafe(12), "body": body, "seen": writing.seen})


def _canned(request: WorkspaceRequest) -> str:
    """The text of a canned response that was chosen without scripts: it fills the composer and is not sent (S2-18)."""
    chosen = request.GET.get("canned", "")[:40]
    if not chosen or request.method != "GET":
        return ""
    return next((one.body for one in canned.replies(request.workspace) if one.public_id == chosen), "")


def beside_context(found: Conversation) -> dict[str, Any]:
    """What its templates need besides `contact` and `facts`."""
    others, (tags, names) = reading.others(found), tagging.of(found)
    return {
        "others": others[: reading.OTHERS],
        "more_others": len(others) > reading.OTHERS,
        "local_time": local_time(found.address, found.lead.time_zone if found.lead else ""),
        "intent": chips.intent_chip(found),
        "intent_tone": chips.tone_of(found.intent_status),
        "understood": relabelling.reading_of(found),
        "pairs": relabelling.CHOICES,
        "next_steps": chips.next_steps(found),
        "tags": tags,
        "tag_names": names,
    }
