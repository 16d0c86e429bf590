"""A chunk of rows, matched and written in one transaction. Who calls decides where the chunk begins and that it is its turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from leads.importing import copying
from leads.importing.cells import Draft, storable
from leads.importing.firms import Labels, firms, known_firms, labels
from leads.importing.mapping import SLOTS
from leads.importing.matching import FIELDS, Earlier, Known, Match, match
from leads.models import Address, ImportProblem, ImportRun, Label, LeadEvent
from workspaces.ids import new_public_id

ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0)) /* import */"

# One person's opt-out holds for all their addresses, and for a lead that is made of them later (S0-100).
OBEY_OPT_OUTS: Final = """
UPDATE leads_lead l SET opted_out_at = asked.at
FROM (
    SELECT a.lead_id, min(o.received_at) AS at
    FROM new_addresses a
    CROSS JOIN LATERAL (
        SELECT received_at FROM leads_optout WHERE workspace_id = %s AND value = a.value AND lifted_at IS NULL LIMIT 1
    ) o
    GROUP BY a.lead_id
) asked
WHERE l.id = asked.lead_id AND l.opted_out_at IS NULL
"""
# From the few opt-outs to their addresses, one probe each: joined freely, the planner may go through every address there is.
OBEY_LATER_OPT_OUTS: Final = """
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

Problem = tuple[int, str, str, Sequence[str]]  # row, outcome, reason, cells


@dataclass(slots=True)
class Outcome:
    """What became of a chunk's rows. Each row is in exactly one of the first six."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    repeated: int = 0
    rejected: int = 0
    empty: int = 0
    in_part: int = 0
    opted_out: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def read(self) -> int:
        return self.created + self.updated + self.unchanged + self.repeated + self.rejected + self.empty


NEW_LEADS: Final = "id bigint, public_id text, name text, title text, company_id bigint, persona text, persona_match boolean"
INSERT_LEADS: Final = """
INSERT INTO leads_lead (id, workspace_id, imported_by_id, public_id, name, title, company_id, persona, persona_match,
                        status, status_note, time_zone, created_at)
SELECT id, %s, %s, public_id, name, title, company_id, persona, persona_match, 'active', '', '', now() FROM new_leads
"""
NEW_ADDRESSES: Final = "lead_id bigint, value text, kind text, rank smallint"
INSERT_ADDRESSES: Final = """
INSERT INTO leads_address (workspace_id, lead_id, value, kind, rank, availability)
SELECT %s, lead_id, value, kind, rank, 'unchecked' FROM new_addresses ORDER BY value
"""
CHANGED_LEADS: Final = "id bigint, name text, title text, persona text, persona_match boolean, company_id bigint"
UPDATE_LEADS: Final = """
UPDATE leads_lead l SET name = c.name, title = c.title, persona = c.persona, persona_match = c.persona_match,
       company_id = c.company_id
FROM changed_leads c WHERE l.id = c.id
"""
INSERT_PROBLEMS: Final = """
INSERT INTO leads_importproblem (workspace_id, run_id, row, outcome, reason, cells)
SELECT %s, %s, row, outcome, reason, cells FROM new_problems
"""

NEW_COMPANY: Final = -1
"""In a foresight: a company that is not there yet."""


@dataclass(slots=True)
class Change:
    """What a row changes of a known lead."""

    lead: Known
    after: dict[str, Any]
    addresses: list[tuple[str, str, int]]  # value, kind, rank


def write(run: ImportRun, drafts: list[Draft], earlier: Earlier) -> Outcome:
    """Match the rows and write what they say.

    One import of a workspace writes at a time. An address that somebody adds by hand at this very moment ends in an
    IntegrityError: the caller does the chunk again, and finds it.
    """
    copying.run(ALONE, [f"import:{run.workspace_id}"])
    found = match(run, drafts, earlier)
    taken = _taken(run, found)
    said = labels(run, taken)
    company_of = firms(run, taken, said).of
    changes = _changes(run, found, company_of, said)
    outcome = _outcome(run, found, changes)
    outcome.opted_out = _store(run, [(draft, company_of(draft)) for draft in found.new], changes, said)
    return outcome


def foresee(run: ImportRun, drafts: list[Draft], earlier: Earlier) -> Outcome:
    """What `write` would make of the rows, without writing."""
    found = match(run, drafts, earlier)
    known = known_firms(run, _taken(run, found))

    def company_of(draft: Draft) -> int | None:
        return known.of(draft) or (NEW_COMPANY if draft.company or draft.website else None)

    return _outcome(run, found, _changes(run, found, company_of, {}))


def _taken(run: ImportRun, found: Match) -> list[Draft]:
    return found.new + ([draft for draft, _ in found.known] if run.known == ImportRun.Known.UPDATE else [])


def _changes(run: ImportRun, found: Match, company_of: Callable[[Draft], int | None], said: Labels) -> list[Change]:
    if run.known == ImportRun.Known.SKIP:
        return []
    changes = [_change(draft, known, company_of(draft), said) for draft, known in found.known]
    return [change for change in changes if change.after or change.addresses]


def _change(draft: Draft, known: Known, company_id: int | None, said: Labels) -> Change:
    """What the file says and the lead does not have yet. Empty cells change nothing."""
    says = {"name": draft.name if draft.named else "", "title": draft.title, "persona": draft.persona, "company_id": company_id}
    after: dict[str, Any] = {name: value for name, value in says.items() if value and value != known.values[name]}
    if "persona" in after:
        after["persona_match"] = said.get((Label.Kind.PERSONA, draft.persona.casefold()))
    return Change(known, after, _place(draft, known))


def _place(draft: Draft, known: Known) -> list[tuple[str, str, int]]:
    """Free ranks for the addresses that the lead does not have; what finds none is left out, and said."""
    placed = []
    for value, kind in draft.addresses.items():
        if value in known.addresses:
            continue
        taken = known.ranks.setdefault(kind, set())
        rank = next((rank for rank in range(SLOTS) if rank not in taken), None)
        if rank is None:
            draft.left_out.append(f"“{value}” has no room: the lead has {SLOTS} of its kind already.")
        else:
            taken.add(rank)
            placed.append((value, str(kind), rank))
    return placed


def _outcome(run: ImportRun, found: Match, changes: list[Change]) -> Outcome:
    in_part = [draft for draft in _taken(run, found) if draft.left_out]
    return Outcome(
        created=len(found.new),
        updated=len(changes),
        unchanged=len(found.known) - len(changes),
        repeated=len(found.repeated),
        rejected=len(found.conflicting),
        in_part=len(in_part),
        problems=[
            *(problem(draft, ImportProblem.Outcome.REPEATED, why) for draft, why in found.repeated),
            *(problem(draft, ImportProblem.Outcome.REJECTED, why) for draft, why in found.conflicting),
            *(problem(draft, ImportProblem.Outcome.IN_PART, " ".join(draft.left_out)) for draft in in_part),
        ],
    )


def problem(draft: Draft, outcome: str, why: str) -> Problem:
    return draft.row, outcome, why, draft.cells


def _store(run: ImportRun, new: list[tuple[Draft, int | None]], changes: list[Change], said: Labels) -> int:
    """Write leads and addresses; how many of the people had opted out and stay so."""
    ids = copying.new_ids("leads_lead", len(new)) if new else []
    addresses: list[tuple[int, str, str, int]] = []
    for lead_id, (draft, _) in zip(ids, new, strict=True):
        ranks = {Address.Kind.PHONE: 0, Address.Kind.EMAIL: 0}
        for value, kind in draft.addresses.items():
            addresses.append((lead_id, value, kind.value, ranks[kind]))
            ranks[kind] += 1
    addresses += [(change.lead.pk, *address) for change in changes for address in change.addresses]
    if new:
        copying.stage("new_leads", NEW_LEADS, (_lead(lead_id, *row, said) for lead_id, row in zip(ids, new, strict=True)))
        copying.run(INSERT_LEADS, [run.workspace_id, run.pk])
    if changes:
        _update(run, changes)
    if not addresses:
        return 0
    copying.stage("new_addresses", NEW_ADDRESSES, addresses)
    copying.run(INSERT_ADDRESSES, [run.workspace_id])
    return copying.run(OBEY_OPT_OUTS, [run.workspace_id])


def _lead(lead_id: int, draft: Draft, company_id: int | None, said: Labels) -> tuple[Any, ...]:
    match = said.get((Label.Kind.PERSONA, draft.persona.casefold())) if draft.persona else None
    return lead_id, new_public_id(), draft.name, draft.title, company_id, draft.persona, match


def _update(run: ImportRun, changes: list[Change]) -> None:
    """New values, and beside them the old ones, so that the import can be undone."""
    copying.stage(
        "changed_leads",
        CHANGED_LEADS,
        (
            (change.lead.pk, *({**change.lead.values, **change.after}[name] for name in FIELDS))
            for change in changes
            if change.after
        ),
    )
    copying.run(UPDATE_LEADS)
    LeadEvent.objects.bulk_create(
        LeadEvent(
            workspace_id=run.workspace_id,
            lead_id=change.lead.pk,
            kind=LeadEvent.Kind.IMPORTED,
            run=run,
            by_id=run.by_id,
            text=_words(change),
            before={
                "fields": {name: change.lead.values[name] for name in change.after},
                "after": change.after,
                "addresses": [value for value, _, _ in change.addresses],
            },
        )
        for change in changes
    )


def _words(change: Change) -> str:
    """Title, persona, +12025550123 added"""
    names = {"name": "name", "title": "title", "persona": "persona", "company_id": "company"}
    parts = [words for name, words in names.items() if name in change.after]
    parts += [f"{value} added" for value, _, _ in change.addresses]
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def keep(run: ImportRun, problems: list[Problem]) -> None:
    """Store the rows that were not taken, or not wholly."""
    if not problems:
        return
    rows = ((row, outcome, why[:1000], json.dumps(storable(cells))) for row, outcome, why, cells in problems)
    copying.stage("new_problems", "row int, outcome text, reason text, cells jsonb", rows)
    copying.run(INSERT_PROBLEMS, [run.workspace_id, run.pk])
