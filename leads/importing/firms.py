"""The companies and labels that the rows of a chunk name: found, or made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from leads.importing import copying
from leads.importing.cells import Draft
from leads.models import Company, ImportRun, Label
from workspaces.ids import new_public_ids

MOST_LABELS = 200
"""Of a kind, in a workspace. Somebody who maps a column of notes as persona gets no list of a million labels."""

_COMPANY: Final = (
    "id, workspace_id, imported_by_id, public_id, name, website, industry, icp, icp_match, status, status_note, created_at"
)

Labels = dict[tuple[str, str], bool | None]
"""{(kind, name in lower case): whether it is a match}"""

Said = tuple[str, str]
"""Website and company, as a row has them."""

_DOMAIN = re.compile(r"^\s*(?:[a-z]+://)?(?:www\.)?([^/:?#\s]*)", re.IGNORECASE)

# Joined, not `= ANY(...)`: where the planner has no statistics yet it may read every company, and then holds each name against a
# hash table once instead of against five hundred others.
_BY_NAME = """
SELECT said.key, min(c.id) FROM unnest(%s::text[], %s::text[]) AS said(key, name)
JOIN leads_company c ON c.workspace_id = %s AND lower(c.name) = lower(said.name) GROUP BY said.key
"""
_BY_DOMAIN = """
SELECT c.domain, min(c.id) FROM unnest(%s::text[]) AS said(domain)
JOIN leads_company c ON c.workspace_id = %s AND c.domain = said.domain GROUP BY c.domain
"""


@dataclass(frozen=True, slots=True)
class Firms:
    """{what a row says: company id}, by domain of the website and by name."""

    by_domain: dict[str, int]
    by_name: dict[str, int]
    asked: dict[Said, int | None] = field(default_factory=dict)  # what was answered before: a hundred rows name one firm

    def of(self, draft: Draft) -> int | None:
        """The website decides; two firms may have one name."""
        said = draft.website, draft.company
        if said not in self.asked:
            self.asked[said] = self.by_domain.get(domain_of(draft.website)) or self.by_name.get(_key(draft.company))
        return self.asked[said]


def domain_of(website: str) -> str:
    """As `Company.domain` has it."""
    found = _DOMAIN.match(website)
    return found[1].lower() if found else ""


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def known_firms(run: ImportRun, drafts: Iterable[Draft]) -> Firms:
    """Those that are there."""
    said = {(draft.website, draft.company) for draft in drafts}
    domains = {domain_of(website) for website, _ in said} - {""}
    names = {_key(company): company for _, company in said if company}
    return Firms(
        _look_up(_BY_DOMAIN, [list(domains), run.workspace_id]) if domains else {},
        _look_up(_BY_NAME, [list(names), list(names.values()), run.workspace_id]) if names else {},
    )


def firms(run: ImportRun, drafts: list[Draft], labels: Labels) -> Firms:
    """Find the companies of these rows and make those that are missing. Blanks of known ones are filled, nothing is replaced."""
    asking = _different(drafts)
    found = known_firms(run, asking)
    missing: dict[str, Draft] = {}  # {what names it: the row that is the first to say so}
    fill: dict[int, Draft] = {}
    for draft in asking:
        if known := found.of(draft):
            if draft.industry or draft.icp or draft.website:
                fill.setdefault(known, draft)
            continue
        domain, name = domain_of(draft.website), _key(draft.company)
        made = missing.get(f"d:{domain}") if domain else None
        made = made or missing.get(f"n:{name}") or draft
        if domain:
            missing.setdefault(f"d:{domain}", made)
        if name:
            missing.setdefault(f"n:{name}", made)
    made_of = _make(run, list(missing.values()), labels)
    for key, draft in missing.items():
        (found.by_domain if key[0] == "d" else found.by_name).setdefault(key[2:], made_of[draft.row])
    _fill(run, fill, labels)
    return Firms(found.by_domain, found.by_name)


def _different(drafts: Iterable[Draft]) -> list[Draft]:
    """One row for each thing that rows say of a firm; the first of them."""
    found: dict[tuple[str, ...], Draft] = {}
    for draft in drafts:
        if draft.company or draft.website:
            found.setdefault((draft.website, draft.company, draft.industry, draft.icp), draft)
    return list(found.values())


def _make(run: ImportRun, rows: list[Draft], labels: Labels) -> dict[int, int]:
    """{row: id of the company that is made of it}"""
    drafts = {draft.row: draft for draft in rows}
    if not drafts:
        return {}
    made = dict(zip(drafts, copying.new_ids("leads_company", len(drafts)), strict=True))
    mine, rest = (run.workspace_id, run.pk), (Company.Status.ACTIVE.value, "", str(timezone.now()))
    copying.into("leads_company", _COMPANY, (
        (made[row], *mine, public_id, one.company or domain_of(one.website) or one.website, one.website, one.industry, one.icp,
         labels.get((Label.Kind.ICP, one.icp.casefold())), *rest)
        for public_id, (row, one) in zip(new_public_ids(len(drafts)), drafts.items(), strict=True)
    ))  # fmt: skip
    return made


def _look_up(statement: str, values: list[Any]) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return dict(cursor.fetchall())


def _fill(run: ImportRun, rows: dict[int, Draft], labels: Labels) -> None:
    """What the file knows of a company and the workspace does not."""
    changed = []
    for company in Company.objects.filter(workspace_id=run.workspace_id, pk__in=rows):
        draft = rows[company.pk]
        before = (company.website, company.industry, company.icp)
        company.website = company.website or draft.website
        company.industry = company.industry or draft.industry
        if draft.icp and not company.icp:
            company.icp, company.icp_match = draft.icp, labels.get((Label.Kind.ICP, draft.icp.casefold()))
        if before != (company.website, company.industry, company.icp):
            changed.append(company)
    Company.objects.bulk_update(changed, ["website", "industry", "icp", "icp_match"])


def labels(run: ImportRun, drafts: Sequence[Draft]) -> Labels:
    """The labels of the workspace, for the words of these rows. New words become labels that nobody has judged yet."""
    said: dict[tuple[str, str], str] = {}  # {(kind, key): the first spelling}
    personas, icps = dict.fromkeys(draft.persona for draft in drafts), dict.fromkeys(draft.icp for draft in drafts)
    for kind, spellings in ((Label.Kind.PERSONA.value, personas), (Label.Kind.ICP.value, icps)):
        for words in filter(None, spellings):
            said.setdefault((kind, words.casefold()), words)
    if not said:
        return {}
    known = {(label.kind, label.name.casefold()): label.match for label in Label.objects.filter(workspace_id=run.workspace_id)}
    room = {one: MOST_LABELS - sum(have == one for have, _ in known) for one in Label.Kind.values}
    made = []
    for (kind, key), name in said.items():
        if (kind, key) not in known and room[kind] > 0:
            room[kind] -= 1
            made.append(Label(workspace_id=run.workspace_id, kind=kind, name=name))
    Label.objects.bulk_create(made, ignore_conflicts=True)
    return known
