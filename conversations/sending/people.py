"""The people behind a claim's messages, locked while the gate decides: who opted out, is excluded, or asked to be removed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from conversations.models import Message
from leads import optouts, quiet, removals
from leads.models import Company, Lead
from workspaces import statements


@dataclass(frozen=True, slots=True)
class People:
    """What is true of the people behind a claim's messages, read under their locks."""

    leads: dict[int, Lead]
    excluded_companies: set[int]
    opted_out: set[tuple[int, str]]  # (workspace, address)
    leads_opted_out: set[int]  # at any address they have
    asked_removal: set[tuple[int, str]]  # (workspace, address)
    leads_asked_removal: set[int]
    owners: dict[tuple[int, str], int]  # {(workspace, address): lead}, also where the thread has no lead yet
    without_imessage: set[tuple[int, str]]  # (workspace, address) that had none when last checked
    numbers: dict[int, str]  # {lead: first number}, which tells where they are, of leads written to at an email address

    def lead_of(self, message: Message) -> Lead | None:
        """The lead of its thread; where it has none, the lead that its address belongs to by now."""
        owner = self.owners.get((message.workspace_id, message.address), 0)
        return self.leads.get(message.conversation.lead_id or owner)

    def wants_nothing(self, message: Message) -> bool:
        """Whether its address, the lead of its thread, or the lead that the address belongs to by now has opted out.

        The two leads differ while leads are merged, and when a number changes hands.
        """
        person = (message.workspace_id, message.address)
        return person in self.opted_out or not self.leads_opted_out.isdisjoint(
            {message.conversation.lead_id, self.owners.get(person)}
        )


def lock(messages: list[Message]) -> People:
    """Keep everyone's opt-outs and exclusions from changing until this transaction ends, then read them.

    Reading comes after locking, so that what was committed while we waited is seen.
    """
    persons = {(message.workspace_id, message.address) for message in messages}
    optouts.hold(persons)
    owners, without_imessage = _known(persons)
    threads = [message.conversation.lead_id or owners.get((message.workspace_id, message.address)) for message in messages]
    leads = _leads({lead_id for lead_id in (*threads, *owners.values()) if lead_id})
    by_email = {lead_id for lead_id, message in zip(threads, messages, strict=True) if lead_id and "@" in message.address}
    excluded = _excluded({lead.company_id for lead in leads.values() if lead.company_id})
    opted_out: set[tuple[int, str]] = set()
    leads_out = {lead.pk for lead in leads.values() if lead.opted_out_at}
    asked: set[tuple[int, str]] = set()
    leads_asked: set[int] = set()
    for workspace_id in {workspace_id for workspace_id, _ in persons}:
        values = [value for workspace, value in persons if workspace == workspace_id]
        standing, of_leads = optouts.standing_of(workspace_id, values, leads.keys())
        opted_out |= {(workspace_id, value) for value in standing}
        leads_out |= of_leads
        for value, lead_id in removals.asked_removal(workspace_id, values, leads.keys()):
            asked.add((workspace_id, value))
            leads_asked |= {lead_id} if lead_id else set()
    return People(leads, excluded, opted_out, leads_out, asked, leads_asked, owners, without_imessage, quiet.numbers_of(by_email))


def _leads(ids: Collection[int]) -> dict[int, Lead]:
    if not ids:
        return {}
    held = Lead.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {lead.pk: lead for lead in held}


def _excluded(companies: Collection[int]) -> set[int]:
    if not companies:
        return set()
    held = Company.objects.filter(pk__in=companies).order_by("pk").select_for_update(no_key=True)
    return {company.pk for company in held if company.status == Company.Status.EXCLUDED}


_KNOWN: Final = """
SELECT a.workspace_id, a.value, a.lead_id, a.availability = 'unavailable'
FROM json_to_recordset(%(rows)s::json) AS w(workspace bigint, value text)
JOIN leads_address a ON a.workspace_id = w.workspace AND a.value = w.value
"""


def _known(persons: Collection[tuple[int, str]]) -> tuple[dict[tuple[int, str], int], set[tuple[int, str]]]:
    """Whose these addresses are now, and which of them had no iMessage when last checked."""
    rows = statements.rows({"workspace": workspace, "value": value} for workspace, value in persons)
    found = statements.run(_KNOWN, {"rows": rows})
    owners = {(workspace, value): lead for workspace, value, lead, _ in found}
    return owners, {(workspace, value) for workspace, value, _, unavailable in found if unavailable}
