"""The Not Delivered workbench: failures in groups, each with its fix; one message with all about it; what a repair did."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from conversations.channels import KINDS
from conversations.models import Message, Repair
from conversations.refusals import Refused
from conversations.workbench import causes, fixes, groups, runs, side
from conversations.workbench.groups import Wanted
from lines.models import Line
from workspaces.access import WorkspaceRequest, background, member, no_such_page, writer
from workspaces.models import Workspace

RECENT: Final = 5


@member
def workbench(request: WorkspaceRequest) -> HttpResponse:
    """Failures that nobody has dealt with, in groups, and those of one group row by row."""
    wanted = groups.read(request.GET)
    found = groups.groups(request.workspace, wanted)
    page = groups.rows(request.workspace, wanted, before=request.GET.get("before", ""))
    context = {
        "wanted": wanted,
        "groups": found,
        "total": groups.matching(request.workspace, wanted).count(),
        "grouped": sum(one.count for one in found),
        "rows": [(message, causes.title_of(message.reason)) for message in page.rows],
        "following": page.following,
        "offers": causes.offers(wanted.cause),
        "lines": _lines(request.workspace),
        "recent": Repair.objects.of(request.workspace).select_related("by").order_by("-created_at", "-pk")[:RECENT],
    }
    return render(request, "conversations/workbench/page.html", context)


@member
def failure(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One message with its contact, line, campaign, execution and checks side by side (S0-75)."""
    return _failure(request, side.message_of(request.workspace, public_id))


@writer
def fix(request: WorkspaceRequest) -> HttpResponse:
    """`fix`, and either chosen `message` ids or a group (`cause`, `line`, `campaign`), which is asked once more."""
    wanted = groups.read(request.POST)
    back = _url(request, wanted)
    try:
        task = _task(request)
        chosen = request.POST.getlist("message")
        if chosen or request.POST.get("ticked"):
            repair = runs.start_with(request.workspace, task, chosen, by=request.user)
        elif request.POST.get("sure") != "1":
            return _ask(request, task, wanted)
        else:
            repair = runs.start_with_group(request.workspace, task, wanted, by=request.user)
    except Refused as refused:
        messages.warning(request, refused.message)
        return redirect(back)
    if repair.at_work:
        return redirect("repair", request.workspace.slug, repair.public_id)
    report = runs.report(repair)
    (messages.warning if report.skipped else messages.success)(request, runs.told(repair, report))
    return redirect(back)


@writer
def fix_one(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """One fix for one message; `number` corrects the contact's number first."""
    message = side.message_of(request.workspace, public_id)
    number = request.POST.get("number")
    try:
        if number is not None:
            fixes.edit_number(message, number, by=request.user)
        else:
            task = _task(request)
            fixes.apply(message, task.fix, by=request.user, line=task.line)
    except Refused as refused:
        return _failure(request, message, refused, number or "")
    messages.success(request, _done(number, request.POST.get("fix", "")))
    return redirect("failure", request.workspace.slug, public_id)


@writer
def reopen(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Back among those to deal with; what was sent again stays dealt with."""
    message = side.message_of(request.workspace, public_id)
    mine = Message.objects.of(request.workspace).filter(pk=message.pk, handled_at__isnull=False, retries=None)
    if mine.update(handled_at=None, handled_by=None):
        messages.success(request, "Back among those to deal with.")
    else:
        messages.warning(request, "It was sent again meanwhile, or was open already.")
    return redirect("failure", request.workspace.slug, public_id)


@member
def repair(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    return _repair(request, public_id, "")


@background
@member
def repair_progress(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """The part of its page that changes while it runs."""
    return _repair(request, public_id, "#progress")


def _task(request: WorkspaceRequest) -> runs.Task:
    """Raises Refused."""
    word = request.POST.get("fix", "")
    if word not in Repair.Fix.values:
        raise Refused("Choose what is to be done with the messages.")
    line = _lines(request.workspace, request.POST.get("to_line", ""))
    return runs.Task(word, line[0] if line and word == Repair.Fix.OTHER_LINE else None)


def _lines(workspace: Workspace, public_id: str | None = None) -> list[Line]:
    """Lines that send, or the one of this id."""
    rows = Line.objects.of(workspace).filter(kind__in=KINDS, status__in=Line.SENDING).order_by("name", "pk")
    return list(rows if public_id is None else rows.filter(public_id=public_id))


def _ask(request: WorkspaceRequest, task: runs.Task, wanted: Wanted) -> HttpResponse:
    """Once more, with the count, and with the line where one is needed."""
    count = runs.together(request.workspace, task.fix, wanted).count()
    if not count:
        raise Refused("None of these can be dealt with together: open them one by one.")
    context = {
        "fix": Repair.Fix(task.fix),
        "wanted": wanted,
        "count": count,
        "left": groups.matching(request.workspace, wanted).count() - count,
        "group": next(iter(groups.groups(request.workspace, wanted)), None) if wanted.cause else None,
        "lines": _lines(request.workspace) if task.fix == Repair.Fix.OTHER_LINE else [],
        "sends": task.fix in causes.SENDING,
        "back": _url(request, wanted),
    }
    return render(request, "conversations/workbench/sure.html", context)


def _url(request: WorkspaceRequest, wanted: Wanted) -> str:
    return reverse("workbench", args=[request.workspace.slug]) + (f"?{wanted.query}" if wanted.query else "")


def _failure(request: WorkspaceRequest, message: Message, refused: Refused | None = None, number: str = "") -> HttpResponse:
    context = {"side": side.of(message), "refused": refused, "number": number or message.address}
    return render(request, "conversations/workbench/failure.html", context, status=422 if refused else 200)


def _done(number: str | None, fix: str) -> str:
    if number is not None:
        return "The number was corrected, and the message is sent there."
    return {
        Repair.Fix.RECHECK: "It is being checked again.",
        Repair.Fix.EXCLUDE: "The contact is excluded. Nothing automated reaches them any more.",
        Repair.Fix.HANDLED: "Marked as handled.",
    }.get(Repair.Fix(fix), "It is sent again, as a new message.")


def _repair(request: WorkspaceRequest, public_id: str, part: str) -> HttpResponse:
    rows = Repair.objects.of(request.workspace).select_related("by", "line")
    found = rows.filter(public_id=public_id).first() or no_such_page()
    report = runs.report(found)
    context: dict[str, Any] = {"repair": found, "report": report, "told": runs.told(found, report)}
    response = render(request, f"conversations/workbench/repair.html{part}", context)
    if part and not found.at_work:
        response.status_code = 286  # htmx: the last answer, ask no more
    return response
