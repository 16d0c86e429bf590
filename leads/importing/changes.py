"""What the rows of a chunk change of leads that are there: worked out, and written with what it takes to undo it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.utils import timezone

from leads.importing import copying
from leads.importing.cells import Draft
from leads.importing.firms import Labels
from leads.importing.mapping import SLOTS
from leads.importing.matching import FIELDS, Known, Match
from leads.models import ImportRun, Label, LeadEvent

_CHANGED: Final = "id bigint, name text, title text, persona text, persona_match boolean, company_id bigint"
_UPDATE: Final = """
UPDATE leads_lead l SET name = c.name, title = c.title, persona = c.persona, persona_match = c.persona_match,
       company_id = c.company_id
FROM changed_leads c WHERE l.id = c.id
"""
_EVENT: Final = "workspace_id, run_id, by_id, kind, at, unsettled, lead_id, text, before"
_LONGEST: Final = 500
"""Characters of an event's text; eight new addresses may be longer."""


@dataclass(slots=True)
class Change:
    """What a row changes of a known lead."""

    lead: Known
    after: dict[str, Any]
    addresses: list[tuple[str, str, int]]  # value, kind, rank


def changes_of(run: ImportRun, found: Match, company_of: Callable[[Draft], int | None], said: Labels) -> list[Change]:
    """One for every row that says something new of its lead. What finds no room is noted in the row."""
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
    for value, (kind, _) in draft.addresses.items():
        if value in known.addresses:
            continue
        taken = known.ranks.setdefault(kind, set())
        rank = next((rank for rank in range(SLOTS) if rank not in taken), None)
        if rank is None:
            draft.left_out.append(f"“{value}” has no room: the lead has {SLOTS} of its kind already.")
        else:
            taken.add(rank)
            placed.append((value, kind, rank))
    return placed


def write(run: ImportRun, changes: list[Change]) -> None:
    """New values of the leads, and beside them the old ones, so that the import can be undone. Addresses are not written here."""
    if not changes:
        return
    values = (
        (change.lead.pk, *({**change.lead.values, **change.after}[name] for name in FIELDS)) for change in changes if change.after
    )
    copying.stage("changed_leads", _CHANGED, values)
    copying.run(_UPDATE)
    same = (run.workspace_id, run.pk, run.by_id, LeadEvent.Kind.IMPORTED.value, str(timezone.now()), False)
    copying.into("leads_leadevent", _EVENT, ((*same, change.lead.pk, _words(change), _before(change)) for change in changes))


def _before(change: Change) -> str:
    """What `undo` reads: the old values and the new ones, and the addresses that were added."""
    return json.dumps({
        "fields": {name: change.lead.values[name] for name in change.after},
        "after": change.after,
        "addresses": [value for value, _, _ in change.addresses],
    })  # fmt: skip


def _words(change: Change) -> str:
    """Title, persona, +12025550123 added"""
    names = {"name": "name", "title": "title", "persona": "persona", "company_id": "company"}
    parts = [words for name, words in names.items() if name in change.after]
    parts += [f"{value} added" for value, _, _ in change.addresses]
    text = ", ".join(parts)
    text = text[:1].upper() + text[1:]
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
