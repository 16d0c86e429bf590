"""The suppression list: every address that must not be messaged, with who asked for it, when and in which words.

It holds for addresses, whether or not a lead has them: a contact imported again tomorrow stays suppressed (S0-100).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from leads import optouts
from leads.addresses import BadAddress, normalise
from leads.consent_ledger import Proof, record_many
from leads.importing.cells import several
from leads.importing.delimited import read_text
from leads.importing.encodings import encoding_of
from leads.importing.refusals import BadFile
from leads.importing.workbooks import is_zip, read_workbook
from leads.models import Address, ConsentEvent, Lead, OptOut, RemovalRequest
from workspaces import audit, paging
from workspaces.access import no_such_page
from workspaces.models import User, Workspace

SIZE: Final = 50
AT_ONCE: Final = 500
"""Addresses suppressed in one transaction: each is locked alone meanwhile."""

MOST: Final = 20_000
"""Addresses of one file; it is read while you wait."""

MOST_CELLS: Final = 500_000
"""Of which those addresses are picked."""

TOLD: Final = 20
"""Cells that were no addresses and are named."""


def found(workspace: Workspace, text: str = "") -> QuerySet[OptOut]:
    """Standing opt-outs whose address or words hold `text`."""
    rows = OptOut.objects.of(workspace).filter(lifted_at=None)
    if text := text.strip()[:80]:
        digits = "".join(one for one in text if one.isdigit())
        like = Q(value__icontains=text) | Q(text__icontains=text)
        rows = rows.filter(like | Q(value__contains=digits) if len(digits) > 2 else like)
    return rows


def page_of(workspace: Workspace, text: str = "", after: str = "") -> paging.Page[OptOut]:
    """Newest first."""
    rows = found(workspace, text).select_related("by")
    return paging.by_moment(rows, "received_at", after, SIZE, of=f"suppression:{workspace.pk}")


def one_of(workspace: Workspace, public_id: str) -> OptOut:
    """A standing opt-out. Raises Http404."""
    return found(workspace).filter(public_id=public_id).first() or no_such_page()


def names_of(workspace: Workspace, values: Iterable[str]) -> dict[str, Lead]:
    """Who is known at these addresses."""
    rows = Address.objects.of(workspace).filter(value__in=list(values)).select_related("lead")
    return {row.value: row.lead for row in rows}


_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d\b|\d{1,2}([./])\d{1,2}\1\d{2,4}\b")


# -- adding ------------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Added:
    """What became of a list of addresses."""

    added: int = 0
    stood: int = 0
    refused: list[str] = field(default_factory=list)  # why, for the first few
    not_read: int = 0


def add_typed(workspace: Workspace, text: str, *, note: str, by: User) -> Added:
    """Suppress addresses as a person wrote them: one a line, or apart by commas or semicolons."""
    cells = (part for line in text.splitlines() for part in several(line.replace(",", ";")))
    return _add(workspace, cells, source=OptOut.Source.PERSON, rule=note or "Added to the suppression list", by=by)


def add_file(workspace: Workspace, file: BinaryIO, name: str, *, by: User) -> Added:
    """Suppress every address in a CSV or workbook, in whichever column it stands. Raises BadFile."""
    rows = read_workbook(file)[1] if is_zip(file) else read_text(file, encoding_of(file))[1]
    cells = (part for row in rows for cell in row for part in several(cell))
    return _add(workspace, cells, source=OptOut.Source.IMPORT, rule=f"Imported from {name[:90]}", by=by, quiet=True)


def _add(workspace: Workspace, cells: Iterable[str], *, source: OptOut.Source, rule: str, by: User, quiet: bool = False) -> Added:
    """`quiet`: cells that look like no address at all, such as the names and dates beside them, are not told of."""
    result, values = Added(), dict[str, None]()
    for looked_at, cell in enumerate(cells):
        if looked_at == MOST_CELLS:
            raise BadFile(f"More than {MOST_CELLS:,} cells at once. Leave out columns without addresses, or split the list.")
        try:
            values[normalise(cell, region=workspace.default_region).value] = None
        except BadAddress as bad:
            if not quiet or "@" in cell or (sum(one.isdigit() for one in cell) > 6 and not _DATE.match(cell)):
                result.not_read += 1
                result.refused += [str(bad)] if len(result.refused) < TOLD else []
        if len(values) > MOST:
            raise BadFile(f"More than {MOST:,} addresses at once. Split the list into several.")
    ordered = sorted(values)
    for at in range(0, len(ordered), AT_ONCE):
        result.added += add(workspace, ordered[at : at + AT_ONCE], source=source, rule=rule, by=by)
    result.stood = len(ordered) - result.added
    if result.added:
        audit.record(by, workspace, "suppression.added", target=f"{result.added} addresses", rule=rule)
    return result


@transaction.atomic
def add(workspace: Workspace, values: list[str], *, source: OptOut.Source, rule: str, by: User | None) -> int:
    """Suppress these stored forms; how many were not before. What is queued for them the sweep cancels."""
    optouts.hold_alone((workspace.pk, value) for value in values)
    now = timezone.now()
    new = sorted(set(values) - optouts.standing(workspace.pk, values))
    OptOut.objects.bulk_create(
        [OptOut(workspace=workspace, value=value, source=source, text="", by=by, received_at=now) for value in new],
        ignore_conflicts=True,
    )
    leads = names_of(workspace, new)
    proof = Proof(source=source, rule=rule, by=by, asked_at=now)
    record_many(workspace, ConsentEvent.Kind.OPTED_OUT, [(value, leads.get(value)) for value in new], proof)
    Lead.objects.of(workspace).filter(pk__in=[lead.pk for lead in leads.values()], opted_out_at=None).update(opted_out_at=now)
    asked = RemovalRequest.objects.of(workspace).filter(Q(value__in=new) | Q(lead__in=leads.values()), decided_at=None)
    asked.update(decided_at=now, decision=RemovalRequest.Decision.OPTED_OUT)
    return len(new)


# -- leaving -----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def remove(row: OptOut, *, note: str, by: User) -> bool:
    """Take the person behind an address off the list; False when they were off it. `by` is an admin, `note` says why."""
    workspace = row.workspace
    optouts.hold_alone([(workspace.pk, row.value)])
    proof = Proof(source=OptOut.Source.PERSON, rule="Removed from the suppression list", note=note, by=by)
    lifted = optouts.opt_in(workspace, row.value, proof)
    if lifted:
        audit.record(by, workspace, "suppression.removed", target=row.value, note=note[:300])
    return lifted
