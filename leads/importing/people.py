"""Writing new leads and addresses; those that had opted out stay so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.utils import timezone

from leads.importing import copying
from leads.importing.cells import Draft
from leads.importing.changes import Change
from leads.importing.firms import Labels
from leads.models import Address, ImportRun, Label, Lead, OptOut
from workspaces.ids import new_public_ids

_LEAD: Final = (
    "id, workspace_id, imported_by_id, public_id, name, title, company_id, persona, persona_match, "
    "status, status_note, time_zone, created_at"
)
_ADDRESS: Final = "workspace_id, value, lead_id, kind, rank, availability"

# One person's opt-out holds for all their addresses, and for a lead that is made of them later (S0-100). Joined, not `= ANY(...)`:
# without statistics the planner may read every opt-out, and would hold each against all addresses of the chunk.
_OBEY_OPT_OUTS: Final = """
UPDATE leads_lead l SET opted_out_at = asked.at
FROM (
    SELECT said.lead_id, min(o.received_at) AS at
    FROM unnest(string_to_array(%s, E'\\n'), string_to_array(%s, E'\\n')::bigint[]) AS said(value, lead_id)
    JOIN leads_optout o ON o.workspace_id = %s AND o.lifted_at IS NULL AND o.value = said.value
    GROUP BY said.lead_id
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
    places = {value: (pk, *place) for pk, draft in zip(ids, new, strict=True) for value, place in draft.addresses.items()}
    places |= {value: (change.lead.pk, kind, rank) for change in changes for value, kind, rank in change.addresses}
    if not places:
        return 0
    values = sorted(places)  # in the order of their key, as everyone who writes several
    unchecked = Address.Availability.UNCHECKED.value
    copying.into("leads_address", _ADDRESS, ((run.workspace_id, value, *places[value], unchecked) for value in values))
    return _obey_opt_outs(run, values, [places[value][0] for value in values])


def _obey_opt_outs(run: ImportRun, values: list[str], lead_ids: list[int]) -> int:
    """Those that stand now at these addresses of these leads; where nobody has opted out, nobody is looked for."""
    if not OptOut.objects.of(run.workspace).filter(lifted_at=None).exists():
        return 0
    return copying.run(_OBEY_OPT_OUTS, [copying.lines(values), copying.lines(lead_ids), run.workspace_id])


def obey_later_opt_outs(run: ImportRun) -> None:
    """Of those who opted out while their chunk was being written."""
    copying.run(_OBEY_LATER_OPT_OUTS, [run.workspace_id, run.started_at, run.pk])


def _leads(
    run: ImportRun, ids: list[int], new: list[Draft], company_of: Callable[[Draft], int | None], said: Labels
) -> Iterator[tuple[Any, ...]]:
    """Made one by one, while the database writes those before."""
    judged = {words: said.get((Label.Kind.PERSONA, words.casefold())) for words in {draft.persona for draft in new} - {""}}
    mine, rest = (run.workspace_id, run.pk), (Lead.Status.ACTIVE.value, "", "", str(timezone.now()))
    for pk, public_id, one in zip(ids, new_public_ids(len(new)), new, strict=True):
        yield pk, *mine, public_id, one.name, one.title, company_of(one), one.persona, judged.get(one.persona), *rest
