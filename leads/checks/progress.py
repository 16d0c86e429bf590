"""How far checks are, what the lines have used of their day, and what could be checked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import Count, Q
from django.utils import timezone

from leads.checks.finding import stale_leads, unchecked
from leads.checks.starting import active_lines
from leads.models import Address, CheckItem, CheckPace, CheckRun
from lines.models import Line
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.models import Workspace

SIZE: Final = 50


@dataclass(frozen=True, slots=True)
class Progress:
    total: int
    available: int
    unavailable: int
    errors: int
    no_line: int
    cancelled: int
    waiting: int

    @property
    def done(self) -> int:
        return self.total - self.waiting

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 100


def progress(run: CheckRun) -> Progress:
    State, outcome = CheckItem.State, Address.Availability
    done = Q(state=State.DONE)
    counted = CheckItem.objects.filter(run=run).aggregate(
        total=Count("pk"),
        available=Count("pk", filter=done & Q(outcome=outcome.AVAILABLE)),
        unavailable=Count("pk", filter=done & Q(outcome=outcome.UNAVAILABLE)),
        errors=Count("pk", filter=done & Q(outcome=outcome.ERROR)),
        no_line=Count("pk", filter=done & Q(outcome=outcome.NO_ACTIVE_LINE)),
        cancelled=Count("pk", filter=Q(state=State.CANCELLED)),
        waiting=Count("pk", filter=Q(state__in=CheckItem.OPEN)),
    )
    return Progress(**counted)


def run_of(workspace: Workspace, public_id: str) -> CheckRun:
    """Raises Http404."""
    found = CheckRun.objects.of(workspace).select_related("workspace", "by").filter(public_id=public_id).first()
    return found or no_such_page()


def runs_of(workspace: Workspace) -> list[tuple[CheckRun, Progress]]:
    """The newest checks of several leads, with how far each is."""
    several = CheckRun.objects.of(workspace).exclude(kind__in=[CheckRun.Kind.SINGLE, CheckRun.Kind.SEND]).filter(total__gt=0)
    return [(run, progress(run)) for run in several.select_related("by").order_by("-created_at", "-pk")[:20]]


def items_of(run: CheckRun, outcome: str, after: str, *, size: int = SIZE) -> paging.Page[CheckItem]:
    """A page of the run's leads; `outcome` keeps those that ended so."""
    rows = CheckItem.objects.filter(run=run).select_related("lead")
    if outcome in Address.Availability.values:
        rows = rows.filter(outcome=outcome)
    return paging.by_number(rows, after, size, of=f"check:{run.pk}")


@dataclass(frozen=True, slots=True)
class LineToday:
    line: Line
    used: int
    rests: bool  # it could not be asked lately and is left alone for a while

    @property
    def limit(self) -> int:
        return self.line.daily_check_limit


def lines_today(workspace: Workspace) -> list[LineToday]:
    """What each active line has asked of its day."""
    lines, now = active_lines(workspace.pk), timezone.now()
    today = now.astimezone(workspace.zone).date()
    paces = {pace.line_id: pace for pace in CheckPace.objects.of(workspace).filter(line__in=lines)}
    found = []
    for line in lines:
        pace = paces.get(line.pk)
        used = pace.used if pace and pace.day == today else 0
        found.append(LineToday(line, used, rests=bool(pace and pace.failures > 1 and pace.next_at > now)))
    return found


MOST_COUNTED: Final = 10_000


def unchecked_leads(workspace: Workspace) -> int:
    """Leads that nobody has asked about and that wait in no check; at most MOST_COUNTED are counted."""
    return len(unchecked(workspace.pk, 0, MOST_COUNTED))


def older_leads(workspace: Workspace, age: timedelta) -> int:
    return len(stale_leads(workspace, age, MOST_COUNTED))


LATEST: Final = 50
MANY: Final = 0.3
AT_LEAST: Final = 5
"""Errors are many where they are at least AT_LEAST of the LATEST checks, and this share of them."""


def many_errors(workspace: Workspace) -> str:
    """A sentence where too many of the latest checks ended as errors (S3-25); else empty."""
    since = timezone.now() - timedelta(days=1)
    done = CheckItem.objects.of(workspace).filter(state=CheckItem.State.DONE, finished_at__gte=since)
    latest = list(
        done.exclude(outcome=Address.Availability.NO_ACTIVE_LINE)
        .order_by("-finished_at")
        .values_list("outcome", flat=True)[:LATEST]
    )
    errors = latest.count(Address.Availability.ERROR)
    if errors < AT_LEAST or errors < MANY * len(latest):
        return ""
    return f"{errors} of the last {len(latest)} availability checks ended as an error."
