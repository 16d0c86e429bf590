"""What a text will say to one lead, before anybody is written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from campaigns import merge, texts
from campaigns.models import Campaign, Enrolment
from campaigns.nodes import Text
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


def shown(text: Text, *, for_them: bool, lead: Lead | None, campaign: Campaign, workspace: Workspace) -> Shown:
    try:
        template = merge.parse(text.body)
    except merge.BadTemplate as bad:
        return Shown(text.letter, text.body, error=str(bad))
    values = merge.values(lead, campaign.sender, workspace)
    if missing := template.missing(values):
        filled = {**values, **{name: f"[{merge.FIELDS[name].lower()}]" for name in missing}}
        return Shown(text.letter, template.render(filled), missing=merge.in_words(missing), for_them=for_them)
    body = template.render(values)
    return Shown(text.letter, body, long=len(body) > LONG, for_them=for_them)


def examples(campaign: Campaign, q: str = "") -> list[Lead]:
    """Leads to preview with: those enrolled, else the newest of the workspace; with `q`, those it finds."""
    rows = Lead.objects.of(campaign.workspace).select_related("company").order_by("-pk")
    if q.strip():
        return list(search.search(rows, campaign.workspace, q.strip()[:200])[:MOST])
    enrolled = Enrolment.objects.filter(campaign=campaign).order_by("-pk").values_list("lead_id", flat=True)[:MOST]
    return list(rows.filter(pk__in=list(enrolled))) or list(rows[:MOST])


def lead_of(campaign: Campaign, public_id: str) -> Lead | None:
    rows = Lead.objects.of(campaign.workspace).select_related("company")
    return rows.filter(public_id=public_id).first() if public_id else None


def letters_for(choices: list[Text], lead: Lead | None) -> set[str]:
    """Which of the texts this lead may get: one for each turn they could have."""
    if lead is None:
        return {text.letter for text in choices}
    icp = lead.company.icp if lead.company else ""
    turns = (texts.choose(choices, persona=lead.persona, icp=icp, turn=turn) for turn in range(len(choices)))
    return {text.letter for text in turns if text}
