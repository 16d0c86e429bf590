"""The API's availability calls. Each raises ApiError with the status and code of its answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final, Literal

from leads import availability
from leads.addresses import BadAddress, normalise
from leads.checks import answers, overdue, progress, starting, working
from leads.checks.progress import Progress
from leads.models import CheckItem, CheckRun, Lead
from workspaces import paging
from workspaces.bearer import ApiError
from workspaces.models import ApiToken, Workspace

WAITED_FOR: Final = 25
"""Leads that a call waits for; more are a job (G5)."""

MOST: Final = 10_000

SECONDS: Final = 25.0
"""How long a call waits for its answer. Below the 30 s after which many clients and proxies give up."""

JOB_PAGE: Final = 1_000

State = availability.State


@dataclass(frozen=True, slots=True)
class Found:
    items: list[CheckItem]
    missing: list[str]  # ids without a lead


@dataclass(frozen=True, slots=True)
class Waiting:
    run: CheckRun
    checked: int


def kind_of(lead_ids: list[str] | None, address: str | None) -> Literal["leads", "address"]:
    """Which of the two forms the body has. Raises ApiError for neither, both or an empty one."""
    if (lead_ids is None) == (address is None):
        raise ApiError(400, "invalid", "Send either leadIds, a list of ids, or address, one phone number or email address.")
    if lead_ids is not None and not lead_ids:
        raise ApiError(400, "invalid", "leadIds is empty: name at least one lead.")
    if lead_ids is not None and len(lead_ids) > MOST:
        raise ApiError(400, "invalid", f"leadIds has more than {MOST:,} ids. Send them in several calls.")
    return "leads" if lead_ids is not None else "address"


def one_lead(token: ApiToken, public_id: str) -> Literal["available", "unavailable"]:
    lead = Lead.objects.of(token.workspace).select_related("workspace").filter(public_id=public_id[:40]).first()
    if lead is None:
        raise ApiError(404, "lead_not_found", "There is no lead with this id.")
    _need_line(token.workspace)
    item = working.check_now(starting.check_one(lead, by=token.created_by, kind=CheckRun.Kind.API).pk, SECONDS)
    return _status(item.state, item.outcome, item.reason, token.workspace)


def one_address(token: ApiToken, text: str) -> bool:
    try:
        value = normalise(text, region=token.workspace.default_region).value
    except BadAddress as bad:
        raise ApiError(400, "invalid", str(bad)) from None
    _need_line(token.workspace)
    item = starting.start_address(token.workspace, value, kind=CheckRun.Kind.API, by=token.created_by)
    answers.seen_through(item, SECONDS)
    item.refresh_from_db()
    return _status(item.state, item.outcome, item.reason, token.workspace) == "available"


def _status(state: str, outcome: str, reason: str, workspace: Workspace) -> Literal["available", "unavailable"]:
    if state in CheckItem.OPEN or state == CheckItem.State.CANCELLED:
        raise ApiError(500, "check_timeout", f"No answer within {SECONDS:.0f} s. {overdue.why_it_waits(workspace)}")
    if outcome == State.NO_ACTIVE_LINE:
        raise _no_line()
    if outcome == State.AVAILABLE:
        return "available"
    if outcome == State.UNAVAILABLE:
        return "unavailable"
    raise ApiError(500, "check_failed", f"The check failed. {reason} {availability.ERROR_HELP}".replace("  ", " "))


def many_leads(token: ApiToken, public_ids: list[str]) -> Found | Waiting:
    """Results in the order of the ids; a job where there are too many, or the lines take too long."""
    workspace = token.workspace
    wanted = list(dict.fromkeys(public_ids))
    known = dict(Lead.objects.of(workspace).filter(public_id__in=wanted).values_list("public_id", "pk"))
    if not known:
        raise ApiError(404, "lead_not_found", "There is no lead with any of these ids.")
    _need_line(workspace)
    waited_for = len(wanted) <= WAITED_FOR
    priority = CheckItem.Priority.NOW if waited_for else CheckItem.Priority.BULK
    run = starting.start(workspace, known.values(), kind=CheckRun.Kind.API, by=token.created_by, priority=priority)
    if not waited_for:
        return Waiting(run, 0)
    items = _wait_for(workspace, list(known.values()))
    done = [item for item in items.values() if item.state == CheckItem.State.DONE]
    if len(done) < len(known):
        return Waiting(run, len(done))
    return Found([items[known[one]] for one in wanted if one in known], [one for one in wanted if one not in known])


def _wait_for(workspace: Workspace, lead_ids: list[int]) -> dict[int, CheckItem]:
    """The newest check of each lead, seen through as far as the time of one call allows."""
    end = time.monotonic() + SECONDS
    newest = CheckItem.objects.of(workspace).filter(lead__in=lead_ids).order_by("lead", "-pk").distinct("lead")
    found = {}
    for pk in sorted(newest.values_list("pk", flat=True)):
        item = working.check_now(pk, max(0.0, end - time.monotonic()))
        found[item.lead_id or 0] = item
    return found


@dataclass(frozen=True, slots=True)
class JobPage:
    progress: Progress
    page: paging.Page[CheckItem]


def job_of(token: ApiToken, public_id: str, after: str) -> JobPage:
    run = CheckRun.objects.of(token.workspace).filter(public_id=public_id[:40], kind=CheckRun.Kind.API).first()
    if run is None:
        raise ApiError(404, "job_not_found", "There is no job with this id.")
    return JobPage(progress.progress(run), progress.items_of(run, "", after[:300], size=JOB_PAGE))


def _need_line(workspace: Workspace) -> None:
    if not starting.has_active_line(workspace.pk):
        raise _no_line()


def _no_line() -> ApiError:
    return ApiError(400, "no_active_line", "No active line is configured. Configure a line first: Settings → Lines.")
