"""How many conversations there are of each kind: exact counts that cost a few hundred rows instead of all of them.

A trigger writes by how much each cell grew or shrank (migration 0006), and reading sums whatever is there. Adding those rows
up and comparing them with the conversations is `conversations.inbox.upkeep`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from django.db import connection

from conversations import cells
from conversations.models import Facet
from workspaces.models import Workspace

Allowed = Mapping[str, frozenset[str]]
"""{dimension: its values that are wanted}; a dimension that is absent is not narrowed."""


@dataclass(frozen=True)
class Cube:
    """How many conversations each cell holds; cells that hold none are absent."""

    counts: Mapping[int, int]

    def matching(self, allowed: Allowed) -> dict[int, int]:
        """The cells that pass, with their counts."""
        mask, code, others = _joined(allowed)
        found = {cell: n for cell, n in self.counts.items() if cell & mask == code}
        for other, codes in others:
            found = {cell: n for cell, n in found.items() if cell & other in codes}
        return found

    def folded(self, *dimensions: str) -> Cube:
        """The same counts with all other dimensions laid together: far fewer cells for callers that ask several times."""
        mask = sum(cells.DIMENSIONS[name].mask for name in dimensions)
        found: dict[int, int] = {}
        for cell, n in self.counts.items():
            part = cell & mask
            found[part] = found.get(part, 0) + n
        return Cube(found)

    @cached_property
    def beside_list(self) -> Cube:
        """Folded to what the navigation and the presets ask, which every page shows."""
        return self.folded("family", "archived", "direction", "status", "intent", "waiting")

    def total(self, allowed: Allowed) -> int:
        mask, code, others = _joined(allowed)
        if others:
            return sum(self.matching(allowed).values())
        return sum([n for cell, n in self.counts.items() if cell & mask == code])

    def beside(self, allowed: Allowed) -> dict[str, dict[str, int]]:
        """{dimension: {value: count}}: how many rows each value would show, all other dimensions staying as they are.

        One pass: a cell that fails nothing counts everywhere, one that fails one dimension counts there alone.
        """
        tests = [(name, *test) for name, test in zip(allowed, _tests(allowed), strict=True)]
        found: dict[str, dict[int, int]] = {name: {} for name in cells.DIMENSIONS}
        spread = [(found[name], dimension.mask) for name, dimension in cells.DIMENSIONS.items()]
        for cell, n in self.counts.items():
            failed = [name for name, mask, codes in tests if cell & mask not in codes]
            if not failed:
                for counts, mask in spread:
                    part = cell & mask
                    counts[part] = counts.get(part, 0) + n
            elif len(failed) == 1:
                counts, part = found[failed[0]], cell & cells.DIMENSIONS[failed[0]].mask
                counts[part] = counts.get(part, 0) + n
        return {name: {cells.DIMENSIONS[name].read(part): n for part, n in counts.items()} for name, counts in found.items()}


def _tests(allowed: Allowed) -> list[tuple[int, frozenset[int]]]:
    """(mask, codes) for each dimension that is narrowed, in its order."""
    return [
        (cells.DIMENSIONS[name].mask, frozenset(cells.DIMENSIONS[name].code(value) for value in values))
        for name, values in allowed.items()
    ]


def _joined(allowed: Allowed) -> tuple[int, int, list[tuple[int, frozenset[int]]]]:
    """The same with all dimensions that want one value looked at together: (mask, code), then the others."""
    mask = code = 0
    others = []
    for one, codes in _tests(allowed):
        if len(codes) == 1:
            mask, code = mask | one, code | next(iter(codes))
        else:
            others.append((one, codes))
    return mask, code, others


def barred(allowed: Allowed) -> list[tuple[int, list[int]]]:
    """For SQL, the other way round: (mask, codes that do not pass), for `cell & mask <> ALL(codes)`.

    The planner takes an unknown “is one of” for very rare and an unknown “is none of” for very common; where this is
    asked, rows that pass are common.
    """
    found = []
    for name, values in allowed.items():
        dimension = cells.DIMENSIONS[name]
        passing = {dimension.code(value) for value in values}
        everything = {number << dimension.shift for number in range(1 << dimension.bits)}
        found.append((dimension.mask, sorted(everything - passing)))
    return found


def with_intents(cube: Cube, intents: Sequence[str]) -> Cube:
    mask, codes = cells.DIMENSIONS["intent"].mask, {cells.DIMENSIONS["intent"].code(one) for one in intents}
    return Cube({cell: n for cell, n in cube.counts.items() if cell & mask in codes})


_READ: Final = """
SELECT cell, sum(n) FROM conversations_facet
WHERE workspace_id = %s AND campaign = ANY(%s) GROUP BY cell HAVING sum(n) > 0
"""


def cube_of(workspace: Workspace, campaigns: Sequence[int] = (Facet.ALL,)) -> Cube:
    """The counts of a workspace, or of some of its campaigns together."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [workspace.pk, list(campaigns)])
        return Cube(dict(cursor.fetchall()))


_BY_CAMPAIGN: Final = """
SELECT campaign, cell, sum(n) FROM conversations_facet
WHERE workspace_id = %s AND campaign <> 0 GROUP BY campaign, cell HAVING sum(n) > 0
"""


def by_campaign(workspace: Workspace, allowed: Allowed) -> dict[int, int]:
    """{campaign: how many of its rows pass}; Facet.NONE stands for those without one."""
    tests = _tests(allowed)
    found: dict[int, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(_BY_CAMPAIGN, [workspace.pk])
        for campaign, cell, n in cursor:
            if all(cell & mask in codes for mask, codes in tests):
                found[campaign] = found.get(campaign, 0) + n
    return found
