"""People's decisions on whether somebody is messaged: opted out or in, excluded or not, a removal request judged.

The gate reads the rows under locks, so each of these holds for every message that has not left.
"""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from leads import consent_ledger, exclusions, optouts, removals
from leads.consent_ledger import Proof
from leads.models import Address, ConsentEvent, Lead, OptOut, RemovalRequest
from workspaces import audit
from workspaces.models import User, Workspace
from workspaces.queries import is_admin
from workspaces.refused import Refused

Source = ConsentEvent.Source

NEEDS_ADMIN = (
    "They asked for no messages themselves: only an admin can opt them in again, with a reason. They can do it by texting START."
)
NEEDS_NOTE = "They asked for no messages themselves: say why they may be messaged again, such as when and how they asked for it."
NEEDS_WHY = "Say in a few words why it was no removal request: they stand in the ledger beside what was written."


@transaction.atomic
def set_opted_out(lead: Lead, opted_out: bool, *, by: User, note: str = "") -> bool:
    """The "Opted out" box on a lead's details (S2-34); False when it stood so already. Raises Refused.

    It stands until the person texts START or UNSTOP (G8), or somebody lifts it: see `opt_in`.
    """
    values = values_of(lead)
    if opted_out:
        return opt_out(lead.workspace, values, lead=lead, by=by, note=note or "Box “Opted out” on the lead’s details")
    return opt_in(lead.workspace, values, lead=lead, by=by, note=note)


def values_of(lead: Lead) -> list[str]:
    return list(Address.objects.filter(lead=lead).order_by("-kind", "rank").values_list("value", flat=True))


@transaction.atomic
def opt_out(workspace: Workspace, values: list[str], *, lead: Lead | None = None, by: User, note: str = "") -> bool:
    """Nobody at these addresses is messaged any more, nor the lead at any later one; False when that stood already."""
    optouts.hold_alone((workspace.pk, value) for value in values)
    made = False
    for value in values:
        made = bool(optouts.opt_out(workspace, value, Proof(source=Source.PERSON, by=by, rule=note))) or made
    if lead and not values:  # it has no address yet
        made = bool(Lead.objects.filter(pk=lead.pk, opted_out_at=None).update(opted_out_at=timezone.now()))
    if made:
        audit.record(by, workspace, "contact.opted_out", target=values[0] if values else str(lead), address=", ".join(values))
    return made


@transaction.atomic
def opt_in(workspace: Workspace, values: list[str], *, lead: Lead | None = None, by: User, note: str = "") -> bool:
    """Lift the opt-outs of these addresses; False when none stood.

    What a person of the workspace entered may be taken back. What the contact asked for, or a list or gateway said, an
    admin alone lifts, with a reason. Raises Refused.
    """
    note = note.strip()
    optouts.hold_alone((workspace.pk, value) for value in values)
    people = [other for value in values for other in optouts.addresses_of(workspace, value)]
    asked = OptOut.objects.of(workspace).filter(value__in=people, lifted_at=None).exclude(source=OptOut.Source.PERSON)
    if asked.exists():
        if not is_admin(workspace, by):
            raise Refused(NEEDS_ADMIN)
        if not note:
            raise Refused(NEEDS_NOTE)
    lifted = False
    for value in values:
        lifted = _lift(workspace, value, note or "Taken back", by) or lifted
    if lead and not values:
        lifted = bool(Lead.objects.filter(pk=lead.pk).exclude(opted_out_at=None).update(opted_out_at=None))
    if lifted:
        audit.record(by, workspace, "contact.opted_in", target=values[0] if values else str(lead), note=note[:300])
    return lifted


def _lift(workspace: Workspace, value: str, note: str, by: User) -> bool:
    return optouts.opt_in(workspace, value, Proof(source=Source.PERSON, rule="Lifted by a person", note=note, by=by))


@transaction.atomic
def confirm_reading(rows: list[OptOut], *, company: bool, by: User) -> bool:
    """The product took their words for an opt-out, and a person says so too: excluded as well. False: judged already."""
    judged = [row for row in rows if OptOut.objects.filter(pk=row.pk, by=None, lifted_at=None).update(by=by)]
    for row in judged:
        if lead := consent_ledger.lead_at(row.workspace, row.value):
            exclude(lead, f"Asked to be removed: “{row.text[:200]}”", company=company, by=by)
        audit.record(by, row.workspace, "contact.removal_confirmed", target=row.value)
    return bool(judged)


@transaction.atomic
def dismiss_reading(rows: list[OptOut], *, by: User, note: str) -> bool:
    """The product took their words for an opt-out, and they were none: it is lifted. False: judged already. Raises Refused."""
    if not note.strip():
        raise Refused(NEEDS_WHY)
    optouts.hold_alone((row.workspace_id, row.value) for row in rows)
    still = [row for row in rows if OptOut.objects.filter(pk=row.pk, by=None, lifted_at=None).exists()]
    for row in still:
        said = Proof(source=Source.PERSON, note=note.strip()[:300], by=by)
        optouts.opt_in(row.workspace, row.value, replace(said, rule="Judged not to be a removal request"))
        consent_ledger.record(row.workspace, ConsentEvent.Kind.REMOVAL_DISMISSED, row.value, replace(said, text=row.text))
        audit.record(by, row.workspace, "contact.removal_dismissed", target=row.value)
    return bool(still)


@transaction.atomic
def confirm_removal(workspace: Workspace, requests: list[RemovalRequest], *, company: bool, by: User) -> bool:
    """They meant it (S0-96 to S0-99): opted out, excluded, and with `company` everyone who works there excluded too.

    False when somebody was quicker. The caller cancels what is queued.
    """
    decision = RemovalRequest.Decision.COMPANY if company else RemovalRequest.Decision.CONTACT
    optouts.hold_alone((workspace.pk, value) for one in requests for value in optouts.addresses_of(workspace, one.value))
    if not removals.decide(requests, decision, by=by):
        return False
    for one in requests:
        rule = f"phrase “{one.rule}”, confirmed by {by}"
        proof = Proof(source=Source.REQUEST, text=one.text, rule=rule, by=by, asked_at=one.asked_at)
        optouts.opt_out(workspace, one.value, proof)
        if lead := one.lead or consent_ledger.lead_at(workspace, one.value):
            exclude(lead, f"Asked to be removed: “{one.text[:200]}”", company=company, by=by)
    return True


@transaction.atomic
def dismiss_removal(workspace: Workspace, requests: list[RemovalRequest], *, by: User) -> bool:
    """They did not ask to be removed: automation goes on. False when somebody was quicker. The caller releases what waits."""
    if not removals.decide(requests, RemovalRequest.Decision.NONE, by=by):
        return False
    for one in requests:
        proof = Proof(source=Source.PERSON, rule=one.rule, text=one.text, by=by)
        consent_ledger.record(workspace, ConsentEvent.Kind.REMOVAL_DISMISSED, one.value, proof, lead=one.lead)
    audit.record(by, workspace, "contact.removal_dismissed", target=requests[0].value)
    return True


@transaction.atomic
def exclude(lead: Lead, reason: str, *, company: bool = False, by: User) -> bool:
    """Stop outreach to a lead (S0-97), and with `company` to everyone at its company (S0-99)."""
    changed = exclusions.exclude(lead, reason, by=by)
    if company and lead.company:
        changed = exclusions.exclude_company(lead.company, reason, by=by) or changed
    return changed
