"""New leads and addresses, written; whoever of them had opted out stays so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils import timezone

from leads.importing import copying
from leads.importing.cells import Draft
from leads.importing.changes import Change
from leads.importing.firms import Labels
from leads.importing.mapping import EMAIL, PHONE
from leads.models import Address, ImportRun, Label, Lead, OptOut
from workspaces.ids import new_public_ids

_LEAD: Final = (
    "id, workspace_id, imported_by_id, public_id, name, title, company_id, persona, persona_match, "
    "status, status_note, time_zone, created_at"
)
_ADDRESS: Final = "workspace_id, lead_id, value, kind, rank, availability"

# One person's opt-out holds for all their addresses, and for a lead that is made of them later (S0-100).
_OBEY_OPT_OUTS: Final = """
UPDATE leads_lead l SET opted_out_at = asked.at
FROM (
    SELECT a.lead_id, min(o.received_at) AS at
    FROM unnest(string_to_array(%s, E'\\n')) AS written(value)
    CROSS JOIN LATERAL (
        SELECT received_at FROM leads_optout WHERE workspace_id = %s AND value = written.value AND lifted_at IS NULL LIMIT 1
    ) o
    JOIN leads_address a ON a.workspace_id = %s AND a.value = written.value
    GROUP BY a.lead_id
) asked
WHERE l.id = asked.lead_id AND l.opted_out_at IS NULL
"""
# From the few opt-outs to their addresses, one probe each: joined freely, the planner may go through every address there is.
_OBEY_LATER_OPT_OUTS: Final = """
UPDATE leads_lead l SET opted_out_at = late.received_at
FROM (
    SELECT o.received_at, found.lead_id FROM leads_optout o
    CROSS JOIN LATERAL (
        SELECT a.lead_id FROM leads_address a WHERE a.workspace_id = o.workspace_id AND a.value = o.value LIMIT 1
    ) found
    WHERE o.workspace_id = %s AND o.lifted_at IS NULL AND o.honoured_at >= %s
) late
WHERE l.id = late.lead_id AND l.imported_by_id = %s AND l.opted_out_at IS NULL
"""


def write(run: ImportRun, new: list[Draft], company_of: Callable[[Draft], int | None], changes: list[Change], said: Labels) -> int:
    """Write the leads of `new`, their addresses and those of `changes`; how many of the people had opted out and stay so."""
    ids = copying.new_ids("leads_lead", len(new)) if new else []
    if new:
        copying.into("leads_lead", _LEAD, _leads(run, ids, new, company_of, said))
    addresses = [address for lead_id, draft in zip(ids, new, strict=True) for address in _addresses(lead_id, draft)]
    addresses += [(change.lead.pk, *address) for change in changes for address in change.addresses]
    if not addresses:
        return 0
    addresses.sort(key=_value)  # in the order of their key, as everyone who writes several
    unchecked = Address.Availability.UNCHECKED.value
    copying.into("leads_address", _ADDRESS, ((run.workspace_id, *address, unchecked) for address in addresses))
    return _obey_opt_outs(run, copying.lines(map(_value, addresses)))


def _obey_opt_outs(run: ImportRun, values: str) -> int:
    """Those that stand now; where nobody has opted out, nobody is looked for."""
    if not OptOut.objects.of(run.workspace).filter(lifted_at=None).exists():
        return 0
    return copying.run(_OBEY_OPT_OUTS, [values, run.workspace_id, run.workspace_id])


def obey_later_opt_outs(run: ImportRun) -> None:
    """Of those who opted out while their chunk was being written."""
    copying.run(_OBEY_LATER_OPT_OUTS, [run.workspace_id, run.started_at, run.pk])


def _leads(
    run: ImportRun, ids: list[int], new: list[Draft], company_of: Callable[[Draft], int | None], said: Labels
) -> list[tuple[Any, ...]]:
    judged = {words: said.get((Label.Kind.PERSONA, words.casefold())) for words in {draft.persona for draft in new} - {""}}
    mine, rest = (run.workspace_id, run.pk), (Lead.Status.ACTIVE.value, "", "", timezone.now())
    public_ids = new_public_ids(len(new))
    return [
        (pk, *mine, public_id, one.name, one.title, company_of(one), one.persona, judged.get(one.persona), *rest)
        for pk, public_id, one in zip(ids, public_ids, new, strict=True)
    ]


def _addresses(lead_id: int, draft: Draft) -> list[tuple[int, str, str, int]]:
    """Ranks count up within each kind, in the order of the file."""
    ranks = {PHONE: 0, EMAIL: 0}
    made = []
    for value, kind in draft.addresses.items():
        made.append((lead_id, value, kind, ranks[kind]))
        ranks[kind] += 1
    return made


def _value(address: tuple[int, str, str, int]) -> str:
    return address[1]
