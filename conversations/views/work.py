"""Lists of work: tasks, drafts that wait for approval, and handing a conversation over."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from campaigns import listing
from conversations.inbox import followups
from conversations.models import Conversation, Message
from conversations.readings import suspects
from conversations.refusals import Refused
from conversations.sending import contents
from conversations.thread import approvals, handing, reading
from conversations.views.answers import changed
from conversations.vocabulary import State
from conversations.work.work_forms import TaskForm
from workspaces.access import WorkspaceRequest, member, no_such_page, writer

SHOWN = ("mine", "all", "done")


@member
def tasks(request: WorkspaceRequest) -> HttpResponse:
    """?show= mine, all or done."""
    return _page(request, TaskForm(workspace=request.workspace))


@writer
def add_task(request: WorkspaceRequest) -> HttpResponse:
    """A task; `conversation` names the one it is about, where it was made in one."""
    form = TaskForm(request.POST, workspace=request.workspace)
    about = request.POST.get("conversation", "")
    conversation = reading.conversation_of(request.workspace, about) if about else None
    if not form.is_valid():
        if conversation:
            return _about(request, form, conversation, status=422)
        return _page(request, form, status=422)
    followups.add(request.workspace, by=request.user, conversation=conversation, **form.cleaned_data)
    messages.success(request, "The task is added.")
    if conversation:
        return redirect("conversation", request.workspace.slug, conversation.public_id)
    return redirect("tasks", request.workspace.slug)


@writer
def finish_task(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    task = followups.task_of(request.workspace, public_id)
    followups.finish(task, by=request.user)
    messages.success(request, f"Done: {task.title}")
    return redirect("tasks", request.workspace.slug)


@writer
def reopen_task(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    followups.reopen(followups.task_of(request.workspace, public_id), by=request.user)
    messages.success(request, "The task is open again.")
    return redirect("tasks", request.workspace.slug)


@writer(methods=("GET", "POST"))
def follow_up(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """What can be planned for one conversation: hand it over, a task, a draft for approval."""
    conversation = reading.conversation_of(request.workspace, public_id)
    form = _task_form(request, conversation)
    if request.method != "POST":
        return _about(request, form, conversation)
    note = request.POST.get("note", "")
    try:
        to = handing.colleague(request.workspace, request.POST.get("to", ""))
        handing.hand_over(conversation, to, by=request.user, note=note)
    except Refused as refused:
        return _about(request, form, conversation, status=422, refusal=refused.message, note=note)
    return changed(request, conversation, f"Handed over to {to}." if to else "Nobody looks after it now.")


@writer
def write_draft(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """A message that waits for somebody to approve it."""
    conversation = reading.conversation_of(request.workspace, public_id)
    body, nonce = request.POST.get("body", ""), request.POST.get("nonce", "")[:40] or secrets.token_urlsafe(12)
    try:
        approvals.propose(conversation, body, by=request.user, nonce=nonce)
    except Refused as refused:
        return _about(request, _task_form(request, conversation), conversation, status=422, not_kept=refused.message, body=body)
    return changed(request, conversation, "The draft waits for approval under Tasks.")


@writer(methods=("GET", "POST"))
def draft(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One draft: change it, approve and send it, or discard it with a reason."""
    message = reading.message_of(request.workspace, public_id)
    if request.method != "POST":
        if message.state not in (State.DRAFT, State.DISCARDED):
            return redirect("conversation", request.workspace.slug, message.conversation.public_id)
        return _draft(request, message)
    try:
        good, text = _decide(request, message)
    except Refused as refused:
        return _draft(request, message, body=request.POST.get("body"), error=refused.message, status=422)
    (messages.success if good else messages.warning)(request, text)
    return redirect("tasks", request.workspace.slug)


def _decide(request: WorkspaceRequest, message: Message) -> tuple[bool, str]:
    body, by = request.POST.get("body", ""), request.user
    match request.POST.get("do"):
        case "approve":
            good, text = approvals.approve(message, body, by=by), "Approved. It is on its way."
        case "discard":
            good, text = (
                approvals.discard(message, request.POST.get("reason", ""), by=by),
                "Discarded. It stays listed with its reason.",
            )
        case "save":
            good, text = approvals.revise(message, body, by=by), "Saved. It still waits for approval."
        case _:
            raise Refused("Choose what to do with the draft.")
    return good, text if good else "Somebody was quicker: it is no draft any more."


def _draft(
    request: WorkspaceRequest, message: Message, body: str | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    context = {"message": message, "body": message.body if body is None else body, "error": error, "limit": contents.BODY_LIMIT}
    context |= {"is_draft": message.state == State.DRAFT, "reason": request.POST.get("reason", "")}
    return render(request, "conversations/work/draft.html", context, status=status)


def _task_form(request: WorkspaceRequest, conversation: Conversation) -> TaskForm:
    return TaskForm(workspace=request.workspace, initial={"title": f"Follow up with {conversation}"[:200]})


def _about(request: WorkspaceRequest, form: TaskForm, conversation: Any, status: int = 200, **said: str) -> HttpResponse:
    """The page, or its first form alone for a dialog; `said` is a refusal and the words it must not lose."""
    context = {
        "conversation": conversation,
        "form": form,
        "people": handing.colleagues(request.workspace),
        "tasks": followups.of_conversation(conversation),
        "nonce": secrets.token_urlsafe(12),
        "note_limit": handing.NOTE_LIMIT,
        "body_limit": contents.BODY_LIMIT,
    } | said
    part = "#hand" if request.htmx else ""
    return render(request, f"conversations/work/about.html{part}", context, status=status)


def _page(request: WorkspaceRequest, form: TaskForm, status: int = 200) -> HttpResponse:
    show = request.GET.get("show", "mine")
    if show not in SHOWN:
        no_such_page()
    tasks = followups.open_tasks(
        request.workspace,
        of=request.user if show == "mine" else None,
        done=show == "done",
        after=request.GET.get("after", ""),
    )
    prepared = followups.discarded if show == "done" else followups.drafts
    context = {
        "show": show,
        "tasks": tasks,
        "prepared": prepared(request.workspace, request.GET.get("messages_after", "")),
        "left": followups.left_today(request.workspace, request.user),
        "campaigns": listing.to_approve(request.workspace) if show != "done" else [],
        "suspects": suspects.suspects(request.workspace) if show != "done" else [],
        "form": form,
        "today_ends": followups.end_of_today(request.workspace),
    }
    return render(request, "conversations/work/tasks.html", context, status=status)
