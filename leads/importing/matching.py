"""Whom the rows of a chunk describe: somebody new, a known lead, somebody from an earlier row, or two people at once.

Two rows are one person when they share any of their eight addresses in the stored form; so are a row and a lead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from leads.importing import copying
from leads.importing.cells import Draft
from leads.models import ImportRun

FIELDS = ("name", "title", "persona", "persona_match", "company_id")
"""What an import may change of a known lead, beside its addresses. Never its status."""


# Thousands of values go as one text (`copying.lines`): as an array, or as so many parameters, they would take longer to send
# than to answer. One scan looks for all of them: a plan that is wrong, as for tables without statistics, is wrong once a chunk
# and not once a value. The sub-select keeps the array from the planner, which would weigh each value, for longer than the scan.
_OWNERS = """
SELECT value, lead_id FROM leads_address
WHERE workspace_id = %s AND value = ANY((SELECT string_to_array(%s, E'\\n'))::text[])
"""
_LEADS = f"""
SELECT l.id, l.imported_by_id IS NOT DISTINCT FROM %s
       OR EXISTS (SELECT FROM leads_leadevent e WHERE e.lead_id = l.id AND e.run_id = %s), {", ".join(FIELDS)}
FROM leads_lead l WHERE l.workspace_id = %s AND l.id = ANY((SELECT %s)::bigint[])
"""  # noqa: S608  our own words; values are bound
_HELD = _LEADS + "ORDER BY l.id FOR NO KEY UPDATE"
_ADDRESSES = """
SELECT lead_id, kind, rank, value FROM leads_address WHERE workspace_id = %s AND lead_id = ANY((SELECT %s)::bigint[])
"""


@dataclass(slots=True)
class Known:
    """A lead that is there. `ours`: this very run has made or changed it."""

    pk: int
    values: dict[str, Any]
    ours: bool
    ranks: dict[str, set[int]] = field(default_factory=dict)  # {kind: ranks that are taken}
    addresses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Match:
    """The rows of a chunk, sorted; those that are not taken with the reason."""

    new: list[Draft] = field(default_factory=list)
    known: list[tuple[Draft, Known]] = field(default_factory=list)
    repeated: list[tuple[Draft, str]] = field(default_factory=list)
    conflicting: list[tuple[Draft, str]] = field(default_factory=list)


Earlier = dict[str, int]
"""{address: the first row of the file whose person has it}"""


def match(run: ImportRun, drafts: list[Draft], earlier: Earlier, *, hold: bool = False) -> Match:
    """Sort the rows of a chunk. `earlier` is what earlier rows have; what these rows have is added to it.

    `hold`: nobody else changes the known leads until this transaction ends.
    """
    owner_of = _owners(run, sorted(value for draft in drafts for value in draft.addresses))
    leads = _leads(run, set(owner_of.values()), hold)
    owner_of = {value: owner for value, owner in owner_of.items() if owner in leads}  # without those removed at this moment
    found = Match()
    owned, met = owner_of.keys(), earlier.keys()
    for draft in drafts:
        if owned.isdisjoint(draft.addresses) and met.isdisjoint(draft.addresses):
            for value in draft.addresses:
                earlier[value] = draft.row
            found.new.append(draft)
            continue
        owners = {owner_of[value] for value in draft.addresses if value in owner_of}
        if row := min((earlier[value] for value in draft.addresses if value in earlier), default=0):
            found.repeated.append((draft, f"The same person as row {row:,}: they share an address."))
        elif any(leads[owner].ours for owner in owners):
            found.repeated.append((draft, "The same person as an earlier row: they share an address."))
        elif len(owners) > 1:
            names = " and ".join(sorted(f"“{leads[owner].values['name']}”" for owner in owners))
            found.conflicting.append((draft, f"Its addresses belong to {len(owners)} leads: {names}. Merge them first."))
        else:
            known = leads[owners.pop()]
            earlier.update(dict.fromkeys((*draft.addresses, *known.addresses), draft.row))
            found.known.append((draft, known))
    return found


def _owners(run: ImportRun, values: list[str]) -> dict[str, int]:
    return dict(_rows(_OWNERS, [run.workspace_id, copying.lines(values)]))


def _leads(run: ImportRun, ids: set[int], hold: bool) -> dict[int, Known]:
    if not ids:
        return {}
    found = {
        pk: Known(pk, dict(zip(FIELDS, fields, strict=True)), ours)
        for pk, ours, *fields in _rows(_HELD if hold else _LEADS, [run.pk, run.pk, run.workspace_id, list(ids)])
    }
    for lead_id, kind, rank, value in _rows(_ADDRESSES, [run.workspace_id, list(found)]):
        found[lead_id].ranks.setdefault(kind, set()).add(rank)
        found[lead_id].addresses.add(value)
    return found


def _rows(statement: str, values: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: list[Any] = cursor.fetchall()
        return found
