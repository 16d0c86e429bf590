"""The iMessages list made ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from conversations import live, reading, words
from conversations.models import Conversation
from conversations.vocabulary import Channel, Direction
from leads.models import Company, Lead
from workspaces.models import Workspace


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation. Whatever is not known is empty and not drawn (S0-12)."""

    conversation: Conversation
    chip: words.Chip | None
    direction: str
    channel: str
    icp: str
    persona: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows. `stamp` is the list's state they were read in; `through` the cursor of the last of them."""

    rows: list[Row]
    following: str
    through: str
    stamp: str


def listing(workspace: Workspace, *, before: str = "", through: str = "") -> Listing:
    stamp, _ = live.stamps(workspace.pk)
    page = reading.rows(workspace, before=before, through=through)
    return Listing([_row(one) for one in page.rows], page.following, reading.row_cursor(workspace, page.rows), stamp)


def with_lead(lead: Lead) -> list[Row]:
    """A person's conversations over every channel, newest activity first."""
    return _all(Conversation.objects.of(lead.workspace).filter(lead=lead))


def with_company(company: Company) -> list[Row]:
    """The newest conversations of everyone at a company (S0-39)."""
    return _all(Conversation.objects.of(company.workspace).filter(company=company))


def _all(found: QuerySet[Conversation]) -> list[Row]:
    rows = found.select_related("lead", "company").order_by("-last_at", "-id")
    return [_row(one) for one in rows[: reading.ROWS]]


def _row(one: Conversation) -> Row:
    lead, company = one.lead, one.company
    return Row(
        conversation=one,
        chip=words.row_chip(one),
        direction=Direction(one.last_direction).label if one.last_direction else "",
        channel=Channel(one.last_channel).label if one.last_channel else "",
        icp=(company.icp or "matched") if company and company.icp_match else "",
        persona=(lead.persona or "matched") if lead and lead.persona_match else "",
    )
