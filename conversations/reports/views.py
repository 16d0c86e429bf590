"""Reports: what campaigns, lines, personas, ICPs, texts and hours bring, as numbers that lead to their rows."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render

from campaigns.models import Campaign
from conversations.reports import asked as asking
from conversations.reports import numbers, people, rows, sheet, shown
from conversations.reports.dimensions import DIMENSIONS, STAGES
from conversations.wording.statuses import said_of
from lines.models import Line
from workspaces.access import WorkspaceRequest, member, no_such_page
from workspaces.downloads import csv_lines, download

MOST_CHOICES: Final = 200


@member
def reports(request: WorkspaceRequest) -> HttpResponse:
    asked = asking.read(request.GET, request.workspace)
    context = {
        "asked": asked,
        "report": shown.report(asked),
        "ranges": asking.RANGES,
        "dimensions": [(name, one.title, asked.query(by=name)) for name, one in DIMENSIONS.items()],
        "dimension": DIMENSIONS[asked.by],
        "stages": STAGES,
        "campaigns": Campaign.objects.of(request.workspace).order_by("-created_at", "-pk")[:MOST_CHOICES],
        "lines": Line.objects.of(request.workspace).order_by("name", "pk"),
    }
    return render(request, "conversations/reports/page.html", context)


@member
def report_rows(request: WorkspaceRequest) -> HttpResponse:
    """The rows behind one number: `stage`, and `key` for one part. Enrolled ones are leads."""
    asked = asking.read(request.GET, request.workspace)
    stage, before = request.GET.get("stage", "sent"), request.GET.get("before", "")
    key = request.GET.get("key")
    context: dict[str, object] = {"asked": asked, "query": asked.query(stage=stage, **({} if key is None else {"key": key}))}
    if stage == "enrolled":
        page = rows.enrolments(asked, before=before)
        context |= {"title": "Enrolled", "enrolments": page.rows, "following": page.following, "total": people.enrolled(asked)}
    elif stage in STAGES:
        found = rows.messages(asked, stage, key, before=before)
        context |= {
            "title": STAGES[stage].title,
            "hint": STAGES[stage].hint,
            "sent": [(message, said_of(message), message.get_absolute_url()) for message in found.rows],
            "following": found.following,
            "total": rows.count(asked, stage, key),
        }
    else:
        no_such_page()
    return render(request, "conversations/reports/rows.html", context)


@member
def report_csv(request: WorkspaceRequest) -> StreamingHttpResponse:
    asked = asking.read(request.GET, request.workspace)
    return download(csv_lines(sheet.rows(asked, numbers.parts(asked))), f"report-by-{asked.by}.csv")
