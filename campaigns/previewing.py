"""What a text will say to one lead, before anybody is written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns import merge
from campaigns.models import Campaign, Enrolment
from leads import search
from leads.models import Lead
from workspaces.models import Workspace

LONG: Final = 320
MOST: Final = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A text as a lead gets it. `missing` are fields without a value and without words for that case."""

    letter: str
    body: str
    missing: str = ""
    error: str = ""
    long: bool = False
    for_them: bool = True  # whether this wording is one they may get


def shown(letter: str, body: str, *, for_them: bool, lead: Lead | None, campaign: Campaign, workspace: Workspace) -> Shown:
    try:
        template = merge.parse(body)
    except merge.BadTemplate as bad:
        return Shown(letter, body, error=str(bad))
    values = merge.values(lead, campaign.sender, workspace)
    if missing := template.missing(values):
        filled = {**values, **{name: f"[{merge.FIELDS[name].lower()}]" for name in missing}}
        return Shown(letter, template.render(filled), missing=merge.in_words(missing), for_them=for_them)
    text = template.render(values)
    return Shown(letter, text, long=len(text) > LONG, for_them=for_them)


def examples(campaign: Campaign, q: str = "") -> list[Lead]:
    """Leads to preview with: who is enrolled, else the newest of the workspace; with `q`, whom it finds."""
    rows = Lead.objects.of(campaign.workspace).select_related("company").order_by("-pk")
    if q.strip():
        return list(search.search(rows, campaign.workspace, q.strip()[:200])[:MOST])
    enrolled = Enrolment.objects.filter(campaign=campaign).order_by("-pk").values_list("lead_id", flat=True)[:MOST]
    return list(rows.filter(pk__in=list(enrolled))) or list(rows[:MOST])


def lead_of(campaign: Campaign, public_id: str) -> Lead | None:
    rows = Lead.objects.of(campaign.workspace).select_related("company")
    return rows.filter(public_id=public_id).first() if public_id else None


def letters_for(texts: list[tuple[str, str, str]], lead: Lead | None) -> set[str]:
    """Which of (letter, persona, icp) this lead may get: those for them alone where there are any, else those for everybody."""
    if lead is None:
        return {letter for letter, _, _ in texts}
    icp = lead.company.icp if lead.company else ""
    best: dict[int, set[str]] = {}
    for letter, persona, wanted_icp in texts:
        if (not persona or persona == lead.persona) and (not wanted_icp or wanted_icp == icp):
            best.setdefault(bool(persona) + bool(wanted_icp), set()).add(letter)
    return best[max(best)] if best else set()
