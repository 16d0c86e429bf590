"""Requests in a person's own words to be left alone (R4): automation waits until somebody has decided."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from leads import consent_ledger
from leads.consent_ledger import Proof
from leads.models import ConsentEvent, Lead, RemovalRequest
from leads.optouts import addresses_of, standing
from workspaces import statements
from workspaces.models import User, Workspace

_ASKED = """
SELECT value, lead_id FROM leads_removalrequest
WHERE workspace_id = %(workspace)s::bigint AND decided_at IS NULL
  AND (value = ANY(%(values)s::text[]) OR lead_id = ANY(%(leads)s::bigint[]))
"""


def ask_removal(workspace: Workspace, value: str, proof: Proof) -> bool:
    """The person behind `value` asks in their own words to be left alone: automation waits until somebody has decided.

    False where an opt-out or an earlier request stands already. Call inside a transaction that holds the person alone.
    """
    if standing(workspace.pk, addresses_of(workspace, value)):
        return False
    lead = consent_ledger.lead_at(workspace, value)
    if lead:  # a gate that is open on another of their addresses holds the lead
        Lead.objects.of(workspace).select_for_update(no_key=True).get(pk=lead.pk)
    _, created = RemovalRequest.objects.of(workspace).get_or_create(
        workspace=workspace,
        value=value,
        decided_at=None,
        defaults={"lead": lead, "text": proof.text[:500], "rule": proof.rule, "asked_at": proof.asked_at},
    )
    if created:
        consent_ledger.record(workspace, ConsentEvent.Kind.REMOVAL_ASKED, value, proof, lead=lead)
    return created


def was_asked(workspace: Workspace, value: str, asked_at: datetime) -> bool:
    """Whether what the person behind `value` wrote at `asked_at` has been put to somebody, decided or not."""
    return RemovalRequest.objects.of(workspace).filter(value=value, asked_at=asked_at).exists()


def open_requests(workspace_id: int, values: Collection[str], lead_ids: Collection[int] = ()) -> list[RemovalRequest]:
    """Requests of these addresses or leads that nobody has decided."""
    who = Q(value__in=values) | Q(lead__in=lead_ids)
    return list(RemovalRequest.objects.filter(who, workspace_id=workspace_id, decided_at=None).order_by("asked_at"))


def undecided(workspace: Workspace, most: int) -> list[RemovalRequest]:
    """Requests of the workspace that nobody has decided, oldest first."""
    return list(RemovalRequest.objects.of(workspace).filter(decided_at=None).order_by("asked_at", "pk")[:most])


def decide(requests: Collection[RemovalRequest], decision: RemovalRequest.Decision, *, by: User | None) -> int:
    """Close open requests; how many were still open."""
    rows = RemovalRequest.objects.filter(pk__in=[one.pk for one in requests], decided_at=None)
    return rows.update(decided_at=timezone.now(), decision=decision, by=by)


def asked_removal(workspace_id: int, values: Collection[str], lead_ids: Collection[int]) -> list[tuple[str, int | None]]:
    """(address, lead) of the requests of these addresses or leads that nobody has decided. For callers that ask all the time."""
    return statements.run(_ASKED, {"workspace": workspace_id, "values": list(values), "leads": list(lead_ids)})


def all_asked(workspace: Workspace) -> tuple[set[str], set[int]]:
    """The addresses and the leads (ids) whose request to be removed nobody has decided."""
    rows = RemovalRequest.objects.of(workspace).filter(decided_at=None).values_list("value", "lead")
    found = list(rows)
    return {value for value, _ in found}, {lead for _, lead in found if lead}
