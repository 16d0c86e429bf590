"""The people behind a batch of messages, held while the gate decides: who opted out, is excluded, or asked to be removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conversations.models import Message
from leads import optouts
from leads.models import Address, Company, Lead, RemovalRequest


@dataclass(frozen=True, slots=True)
class People:
    """What holds of the people behind a batch, read under their locks."""

    leads: dict[int, Lead]
    excluded_companies: set[int]
    opted_out: set[tuple[int, str]]
    asked_removal: set[tuple[int, str]]  # by address,
    leads_asked_removal: set[int]  # or by lead
    owners: dict[tuple[int, str], int]  # (workspace, address): lead that a thread without a lead does not know of

    def lead_of(self, message: Message) -> Lead | None:
        """Who is behind it: the lead of its thread, else the one that its address has become of since."""
        owner = self.owners.get((message.workspace_id, message.address), 0)
        return self.leads.get(message.conversation.lead_id or owner)


def lock(messages: list[Message]) -> People:
    """Hold off opt-outs and exclusions of everyone in the batch until this transaction ends, then read them.

    Reading comes after locking: what committed while we waited is seen.
    """
    optouts.hold((message.workspace_id, message.address) for message in messages)
    owners = _owners(message for message in messages if message.conversation.lead_id is None)
    lead_ids = sorted({message.conversation.lead_id for message in messages if message.conversation.lead_id} | {*owners.values()})
    leads = {
        lead.pk: lead for lead in Lead.objects.filter(pk__in=lead_ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    }
    company_ids = {lead.company_id for lead in leads.values() if lead.company_id}
    companies = Company.objects.filter(pk__in=company_ids).order_by("pk").select_for_update(no_key=True)
    opted_out: set[tuple[int, str]] = set()
    requests: list[RemovalRequest] = []
    for workspace_id in {message.workspace_id for message in messages}:
        values = [message.address for message in messages if message.workspace_id == workspace_id]
        opted_out |= {(workspace_id, value) for value in optouts.standing(workspace_id, values)}
        requests += optouts.open_requests(workspace_id, values, leads.keys())
    return People(
        leads=leads,
        excluded_companies={company.pk for company in companies if company.status == Company.Status.EXCLUDED},
        opted_out=opted_out,
        asked_removal={(one.workspace_id, one.value) for one in requests},
        leads_asked_removal={one.lead_id for one in requests if one.lead_id},
        owners=owners,
    )


def _owners(messages: Iterable[Message]) -> dict[tuple[int, str], int]:
    """{(workspace, address): lead} of threads without a lead whose address has become one's since, as by an import."""
    persons = {(message.workspace_id, message.address) for message in messages}
    if not persons:
        return {}
    found = Address.objects.filter(workspace__in={one for one, _ in persons}, value__in={value for _, value in persons})
    rows = found.values_list("workspace_id", "value", "lead_id")
    return {(workspace, value): lead for workspace, value, lead in rows if (workspace, value) in persons}
