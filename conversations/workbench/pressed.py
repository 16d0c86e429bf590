"""What the buttons of the workbench do: a fix for a group or for chosen messages, one for one message, and taking it back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from conversations.models import Message, Repair
from conversations.refusals import Refused
from conversations.workbench import causes, fixes, groups, runs, side, told
from conversations.workbench import wanted as wanting
from conversations.workbench.views import failure_page, sending_lines, workbench_url
from conversations.workbench.wanted import Wanted
from workspaces.access import WorkspaceRequest, writer


@writer
def fix(request: WorkspaceRequest) -> HttpResponse:
    """`fix`, and either chosen `message` ids or a group (`cause`, `line`, `campaign`), which is asked once more."""
    wanted = wanting.read(request.POST)
    back = workbench_url(request.workspace, wanted)
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
    report = told.report(repair)
    (messages.warning if report.skipped else messages.success)(request, told.sentence(repair, report))
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
        return failure_page(request, side.message_of(request.workspace, public_id), refused, number or "")
    messages.success(request, told.done(number, request.POST.get("fix", "")))
    return redirect("failure", request.workspace.slug, public_id)


@writer
def reopen(request: WorkspaceRequest, public_id: str) -> HttpResponse:
    """Back among those to deal with; what was sent again stays dealt with."""
    message = side.message_of(request.workspace, public_id)
    mine = Message.objects.of(request.workspace).filter(pk=message.pk, handled_at__isnull=False, retries=None)
    if mine.update(handled_at=None, handled_by=None):
        messages.success(request, "It is open again and waits to be dealt with.")
    else:
        messages.warning(request, "It has been sent again in the meantime, or was open already.")
    return redirect("failure", request.workspace.slug, public_id)


def _task(request: WorkspaceRequest) -> runs.Task:
    """Raises Refused."""
    word, line = request.POST.get("fix", ""), request.POST.get("to_line", "")
    if word not in Repair.Fix.values:
        raise Refused("Choose what to do with the messages.")
    if word != Repair.Fix.OTHER_LINE:
        return runs.Task(word)
    return runs.Task(word, next((one for one in sending_lines(request.workspace) if one.public_id == line), None))


def _ask(request: WorkspaceRequest, task: runs.Task, wanted: Wanted) -> HttpResponse:
    """Once more, with the count, and with the line where one is needed."""
    count = runs.together(request.workspace, task.fix, wanted).count()
    if not count:
        raise Refused("None of these can be dealt with together: open them one by one.")
    context = {
        "fix": Repair.Fix(task.fix),
        "wanted": wanted,
        "count": count,
        "left": wanting.matching(request.workspace, wanted).count() - count,
        "group": next(iter(groups.groups(request.workspace, wanted)), None) if wanted.query else None,
        "lines": sending_lines(request.workspace) if task.fix == Repair.Fix.OTHER_LINE else [],
        "sends": task.fix in causes.SENDING,
        "back": workbench_url(request.workspace, wanted),
    }
    return render(request, "conversations/workbench/sure.html", context)
