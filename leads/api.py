"""Availability over the API: one lead, many leads, one address (S3-31 to S3-42)."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field

from leads import api_checks
from leads.models import CheckItem
from workspaces.bearer import Problem, allowed
from workspaces.models import ApiToken

router = Router()

REFUSALS: Final = {400: Problem, 401: Problem, 403: Problem, 404: Problem, 429: Problem, 500: Problem}


class OneLead(Schema):
    success: bool = True
    leadId: str
    available: bool
    status: Literal["available", "unavailable"]


class LeadResult(Schema):
    leadId: str
    available: bool
    status: Literal["available", "unavailable", "error", "not_found"]


class ManyLeads(Schema):
    """Every lead has its result."""

    success: bool = True
    checked: int = Field(description="Leads in `results`.")
    successful: int = Field(description="Of these, with an answer: available or unavailable.")
    errors: int
    results: list[LeadResult]


class Background(Schema):
    """Too many to wait for, or not done in time: they are checked one after another under the limits of the lines."""

    success: bool = True
    processingMode: Literal["background"] = "background"
    jobId: str = Field(description="For GET /api/leads/check-availability/jobs/{jobId}.")
    checked: int = Field(description="Leads that have their result already.")


class OneAddress(Schema):
    success: bool = True
    available: bool
    address: str


class Job(Schema):
    success: bool = True
    jobId: str
    done: bool
    total: int
    checked: int
    successful: int
    errors: int
    results: list[LeadResult] = Field(description="In the order in which the leads wait; at most 1,000.")
    next: str = Field(description="For the parameter `after` of the next page; empty at the end.")


class Asked(Schema):
    """Either `leadIds` or `address`, and nothing else."""

    model_config = ConfigDict(extra="forbid")

    leadIds: list[str] | None = Field(None, description="Leads to check; more than 25 are checked in the background.")
    address: str | None = Field(None, description="One phone number or email address, known or not.")


@router.get("check-availability", response={200: OneLead, **REFUSALS}, summary="Check one lead")
def check_lead(request: HttpRequest, id: Annotated[str, Query(description="The lead's id.")]) -> OneLead:
    """Asks about the lead's addresses in their order until one has iMessage, and waits for the answer."""
    token = allowed(request, ApiToken.Scope.CHECK)
    status = api_checks.one_lead(token, id)
    return OneLead(leadId=id, available=status == "available", status=status)


@router.post(
    "check-availability",
    response={200: ManyLeads | Background | OneAddress, **REFUSALS},
    summary="Check many leads, or one address",
)
def check_many(request: HttpRequest, asked: Asked) -> ManyLeads | Background | OneAddress:
    """With `leadIds`: checks these leads, up to 25 while you wait, more in the background. With `address`: checks that address."""
    token = allowed(request, ApiToken.Scope.CHECK)
    match api_checks.kind_of(asked.leadIds, asked.address):
        case "address":
            return OneAddress(available=api_checks.one_address(token, asked.address or ""), address=asked.address or "")
        case _:
            return _leads(token, asked.leadIds or [])


def _leads(token: ApiToken, ids: list[str]) -> ManyLeads | Background:
    found = api_checks.many_leads(token, ids)
    if isinstance(found, api_checks.Waiting):
        return Background(jobId=found.run.public_id, checked=found.checked)
    return ManyLeads(**_counted(found))


@router.get("check-availability/jobs/{job_id}", response={200: Job, **REFUSALS}, summary="How far a background check is")
def check_job(request: HttpRequest, job_id: str, after: str = "") -> Job:
    """Results come as leads are checked."""
    token = allowed(request, ApiToken.Scope.CHECK)
    job = api_checks.job_of(token, job_id, after)
    done = job.progress
    return Job(
        jobId=job_id,
        done=done.waiting == 0,
        total=done.total,
        checked=done.available + done.unavailable + done.errors + done.no_line,
        successful=done.available + done.unavailable,
        errors=done.errors + done.no_line,
        results=[result_of(item) for item in job.page.rows if item.lead and item.outcome],
        next=job.page.following,
    )


def result_of(item: CheckItem) -> LeadResult:
    status: Any = item.outcome if item.outcome in ("available", "unavailable") else "error"
    assert item.lead is not None
    return LeadResult(leadId=item.lead.public_id, available=status == "available", status=status)


def _counted(found: api_checks.Found) -> dict[str, Any]:
    results = [result_of(item) for item in found.items]
    results += [LeadResult(leadId=one, available=False, status="not_found") for one in found.missing]
    errors = sum(one.status in ("error", "not_found") for one in results)
    return {"checked": len(results), "successful": len(results) - errors, "errors": errors, "results": results}
