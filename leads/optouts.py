"""Opting out and in again, linearised with sending.

Every gate holds the person's lock in share mode until its attempt is committed; an opt-out takes the same lock
alone. So an opt-out waits for the gates that are already open, and every later gate sees it: no attempt begins
after the opt-out has committed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone

from leads import consent_ledger
from leads.consent_ledger import Proof
from leads.models import Address, ConsentEvent, Lead, OptOut, RemovalRequest
from workspaces import locks, statements
from workspaces.models import User, Workspace

Person = tuple[int, str]
"""(workspace id, address): who is locked. An address is one person's, known as a lead or not."""

_STANDING = """
SELECT value FROM leads_optout
WHERE workspace_id = %(workspace)s::bigint AND value = ANY(%(values)s::text[]) AND lifted_at IS NULL
"""

# From the few addresses to their opt-outs, one probe each: joined freely, the planner may go through every opt-out there is.
_STANDING_OF = """
SELECT value, NULL::bigint FROM leads_optout
WHERE workspace_id = %(workspace)s::bigint AND value = ANY(%(values)s::text[]) AND lifted_at IS NULL
UNION ALL
SELECT o.value, a.lead_id FROM leads_address a
CROSS JOIN LATERAL (
    SELECT value FROM leads_optout WHERE workspace_id = a.workspace_id AND value = a.value AND lifted_at IS NULL LIMIT 1
) o
WHERE a.lead_id = ANY(%(leads)s::bigint[]) AND a.workspace_id = %(workspace)s::bigint
"""


def hold(people: Iterable[Person]) -> None:
    """Keep opt-outs of these people waiting until this transaction ends."""
    locks.shared(map(_name, people))


def hold_alone(people: Iterable[Person]) -> None:
    """Wait for the gates open on these people and keep new ones waiting until this transaction ends."""
    locks.alone(map(_name, people))


def _name(person: Person) -> str:
    workspace, address = person
    return f"{workspace}:{address}"


def addresses_of(workspace: Workspace, value: str) -> list[str]:
    """All addresses of the person behind `value`: the lead's, or just this one."""
    owner = Address.objects.of(workspace).filter(value=value).values("lead")
    known = Address.objects.of(workspace).filter(lead__in=owner).values_list("value", flat=True)
    return sorted({value, *known})


def standing(workspace_id: int, values: Collection[str]) -> set[str]:
    """Those of `values` that must not be messaged."""
    return {value for (value,) in statements.run(_STANDING, {"workspace": workspace_id, "values": list(values)})}


def standing_of(workspace_id: int, values: Collection[str], leads: Collection[int]) -> tuple[set[str], set[int]]:
    """Those of `values` that must not be messaged, and those of `leads` of whom that holds at any address they have."""
    given = {"workspace": workspace_id, "values": list(values), "leads": list(leads)}
    found = statements.run(_STANDING_OF, given)
    return {value for value, lead in found if lead is None}, {lead for _, lead in found if lead}


def has_opted_out(workspace_id: int, values: Collection[str], lead: Lead | None) -> bool:
    """Whether somebody at `values` has opted out: there or, as a lead, at any address of theirs; what the gate asks of many."""
    if lead and lead.opted_out_at:
        return True
    of_values, of_lead = standing_of(workspace_id, values, [lead.pk] if lead else [])
    return bool(of_values or of_lead)


def all_standing(workspace: Workspace) -> set[str]:
    """Every address of the workspace that must not be messaged: for callers that look at very many leads."""
    return set(OptOut.objects.of(workspace).filter(lifted_at=None).values_list("value", flat=True))


def opt_out(workspace: Workspace, value: str, proof: Proof) -> OptOut | None:
    """Record that the person behind `value` wants no more messages; None when that stood already.

    Call inside a transaction that holds the person alone (`hold_alone`). What is queued for them is cancelled by the
    caller, or else by the sweep that finds the row unsettled; no gate lets it pass meanwhile.
    """
    row, created = OptOut.objects.of(workspace).get_or_create(
        workspace=workspace,
        value=value,
        lifted_at=None,
        defaults={"source": proof.source, "text": proof.text[:500], "by": proof.by, "received_at": proof.asked_at},
    )
    Lead.objects.of(workspace).filter(addresses__value=value, opted_out_at=None).update(opted_out_at=timezone.now())
    if created:
        consent_ledger.record(workspace, ConsentEvent.Kind.OPTED_OUT, value, proof)
    _close_requests(workspace, value)
    return row if created else None


def stay_out(lead: Lead, values: Collection[str], *, by: User) -> None:
    """These addresses are taken off a lead who has opted out: as it was their owner's wish, it stays with each of them.

    Call before anything of the lead is written: the gate holds a person first, and then the lead.
    """
    hold_alone((lead.workspace_id, value) for value in values)
    for value in sorted(values):
        opt_out(lead.workspace, value, Proof(source=OptOut.Source.PERSON, rule=f"Taken off {lead.name}, who has opted out", by=by))


def opt_in(workspace: Workspace, value: str, proof: Proof) -> bool:
    """Lift the opt-outs of the person behind `value`; never an exclusion (R4). False when nothing changed.

    Only those that came before it was asked for: a START that is told late does not undo the STOP that was written after it.
    """
    standing_ones = OptOut.objects.of(workspace).filter(value__in=addresses_of(workspace, value), lifted_at=None)
    lifted = standing_ones.filter(received_at__lte=proof.asked_at).update(
        lifted_at=timezone.now(), lifted_text=(proof.note or proof.text)[:500], lifted_by=proof.by
    )
    if standing_ones.exists():
        return False
    leads = Lead.objects.of(workspace).filter(addresses__value=value).exclude(opted_out_at=None)
    changed = bool(leads.update(opted_out_at=None)) or bool(lifted)
    if changed:
        consent_ledger.record(workspace, ConsentEvent.Kind.OPTED_IN, value, proof)
    return changed


def came_back(workspace: Workspace, value: str, *, since: datetime) -> bool:
    """Whether the person behind `value` asked for messages again, or somebody said so for them, at `since` or later."""
    rows = ConsentEvent.objects.of(workspace).filter(kind=ConsentEvent.Kind.OPTED_IN, value__in=addresses_of(workspace, value))
    return rows.filter(asked_at__gte=since).exists()


def latest(workspace: Workspace, values: Collection[str]) -> datetime | None:
    """When the newest of the opt-outs that stand against these addresses was received; None where none does."""
    rows = OptOut.objects.of(workspace).filter(value__in=values, lifted_at=None)
    return rows.order_by("-received_at").values_list("received_at", flat=True).first()


def unsettled(limit: int = 100) -> list[OptOut]:
    """Standing opt-outs whose queued messages nobody has cancelled yet, oldest first."""
    return list(OptOut.objects.filter(settled_at=None, lifted_at=None).select_related("workspace").order_by("pk")[:limit])


def settled(row: OptOut) -> None:
    OptOut.objects.filter(pk=row.pk).update(settled_at=timezone.now())


def unjudged(workspace: Workspace, values: Collection[str]) -> list[OptOut]:
    """Opt-outs that the product read in the contact's own words and that nobody has confirmed or dismissed."""
    rows = OptOut.objects.of(workspace).filter(value__in=values, lifted_at=None, source=OptOut.Source.REQUEST, by=None)
    return list(rows.order_by("received_at"))


def _close_requests(workspace: Workspace, value: str) -> None:
    """An opt-out settles what was asked in other words."""
    rows = RemovalRequest.objects.of(workspace).filter(value__in=addresses_of(workspace, value), decided_at=None)
    rows.update(decided_at=timezone.now(), decision=RemovalRequest.Decision.OPTED_OUT)
