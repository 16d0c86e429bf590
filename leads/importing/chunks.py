"""A chunk of rows, matched and written in one transaction. The caller decides where the chunk begins and that it is its turn."""

from __future__ import annotations

from typing import Final

from leads.importing import changes as changing
from leads.importing import people
from leads.importing.cells import Draft
from leads.importing.changes import Change, changes_of
from leads.importing.firms import firms, known_firms, labels
from leads.importing.matching import Earlier, Match, match
from leads.importing.outcome import Outcome, problem
from leads.models import ImportProblem, ImportRun
from workspaces import locks

NEW_COMPANY: Final = -1
"""In a foresight: a company that is not there yet."""


def write(run: ImportRun, drafts: list[Draft], earlier: Earlier) -> Outcome:
    """Match the rows and write what they say.

    One import of a workspace writes at a time. An address that somebody adds by hand at this very moment ends in an
    IntegrityError: the caller does the chunk again, and finds it.
    """
    locks.alone([f"import:{run.workspace_id}"])
    found = match(run, drafts, earlier, hold=run.known == ImportRun.Known.UPDATE)
    taken = _taken(run, found)
    said = labels(run, taken)
    company_of = firms(run, taken, said).of
    changes = changes_of(run, found, company_of, said)
    outcome = _outcome(run, found, changes)
    changing.write(run, changes)
    outcome.opted_out = people.write(run, found.new, company_of, changes, said)
    return outcome


def foresee(run: ImportRun, drafts: list[Draft], earlier: Earlier) -> Outcome:
    """What `write` would make of the rows, without writing."""
    found = match(run, drafts, earlier)
    known = known_firms(run, [draft for draft, _ in found.known])

    def company_of(draft: Draft) -> int | None:
        return known.of(draft) or (NEW_COMPANY if draft.company or draft.website else None)

    return _outcome(run, found, changes_of(run, found, company_of, {}))


def _taken(run: ImportRun, found: Match) -> list[Draft]:
    return found.new + ([draft for draft, _ in found.known] if run.known == ImportRun.Known.UPDATE else [])


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
