"""The menus behind the chips of a list: what each filter can be set to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.db import connection
from django.db.models import Q

from campaigns.models import Campaign
from conversations.inbox import conditions, facets, tagging
from conversations.inbox import options as values_of
from conversations.inbox.chips import SHOWN
from conversations.inbox.counting import Counted
from conversations.inbox.filters import NAMES, PARAMETERS, Filters
from conversations.inbox.options import Option
from conversations.models import Facet
from conversations.thread.handing import colleagues
from leads.models import Company
from workspaces.models import Workspace

MOST: Final = 30
MOST_CARRIED: Final = 5_000
"""Tags on conversations that are looked at for their counts."""

CLOSED: Final = ("channel", "direction", "intent", "reason", "status", "record", "updated")


@dataclass(frozen=True, slots=True)
class Menu:
    """One filter: values to choose from, and where it has them, fields to fill in. `others` are kept as they are."""

    name: str
    title: str
    options: list[Option]
    others: list[tuple[str, str]] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    find: str = ""
    more: bool = False
    told: bool = True


def menus(workspace: Workspace, filters: Filters, counts: Counted, *, only: str = "", find: str = "") -> list[Menu]:
    """All filters, or the one of this name; `find` narrows campaigns and companies by their names."""
    return [_menu(name, workspace, filters, counts, find) for name in SHOWN if only in ("", name)]


def _menu(name: str, workspace: Workspace, filters: Filters, counts: Counted, find: str) -> Menu:
    more, found = False, []
    if name in CLOSED:
        found = values_of.options(name, filters, counts)
    elif name == "campaign":
        found, more = _campaigns(workspace, filters, find)
    elif name == "company":
        found, more = _companies(workspace, filters, find)
    elif name == "tag":
        found, more = _tags(workspace, filters, find)
    elif name == "assignee":
        found = _assignees(workspace, filters)
    mine = PARAMETERS[name]
    return Menu(
        name=name,
        title=NAMES[name],
        options=found,
        others=[(key, value) for key, value in filters.parameters if key not in mine],
        values={key: value for key, value in filters.parameters if key in mine},
        find=find,
        more=more,
        told=counts.told,
    )


def _campaigns(workspace: Workspace, filters: Filters, find: str) -> tuple[list[Option], bool]:
    """The campaigns that hold most of what the other filters leave; the chosen ones first."""
    left = filters.without("campaign")
    counts = facets.by_campaign(workspace, left.allowed) if left.exact else {}
    named = Campaign.objects.of(workspace).filter(name__icontains=find) if find else Campaign.objects.of(workspace)
    rows = list(named.order_by("-created_at", "-id").values_list("pk", "public_id", "name")[:500])
    rows.sort(key=lambda row: (row[0] not in filters.campaigns, -counts.get(row[0], 0)))
    shown = [
        _option(filters, "campaign", row[1], row[2], row[0] in filters.campaigns, counts.get(row[0], 0) if counts else None)
        for row in rows[:MOST]
    ]
    if not find:
        count = counts.get(Facet.NONE, 0) if counts else None
        shown.append(_option(filters, "campaign", "none", "Without a campaign", Facet.NONE in filters.campaigns, count))
    return shown, len(rows) > MOST


def _companies(workspace: Workspace, filters: Filters, find: str) -> tuple[list[Option], bool]:
    """Companies whose name begins with, or holds, what is looked for; the chosen ones first."""
    companies = Company.objects.of(workspace)
    named = companies.filter(name__icontains=find) if find else companies
    rows = list(named.filter(~Q(pk__in=filters.companies)).order_by("name", "id").values_list("public_id", "name")[: MOST + 1])
    chosen = companies.filter(pk__in=filters.companies).values_list("public_id", "name") if filters.companies else []
    shown = [_option(filters, "company", public_id, name, True, None) for public_id, name in chosen]
    shown += [_option(filters, "company", public_id, name, False, None) for public_id, name in rows[:MOST]]
    return shown, len(rows) > MOST


def _tags(workspace: Workspace, filters: Filters, find: str) -> tuple[list[Option], bool]:
    rows = [tag for tag in tagging.suggested(workspace) if find.casefold() in tag.name.casefold()]
    rows.sort(key=lambda tag: tag.pk not in filters.tags)
    shown, more = rows[:MOST], len(rows) > MOST
    counts = _carried(workspace, filters.without("tag"), [tag.pk for tag in shown])
    options = [
        _option(filters, "tag", tag.public_id, tag.name, tag.pk in filters.tags, None if counts is None else counts.get(tag.pk, 0))
        for tag in shown
    ]
    return options, more


def _assignees(workspace: Workspace, filters: Filters) -> list[Option]:
    given = dict(filters.parameters).get("assignee")
    people = [("me", "Me"), ("none", "Nobody"), *((one.public_id, one.user.name) for one in colleagues(workspace))]
    return [_option(filters, "assignee", value, word, value == given, None) for value, word in people]


_CARRIED: Final = """
WITH carried AS MATERIALIZED (
    SELECT tag_id, conversation_id FROM conversations_conversationtag WHERE tag_id = ANY(%s) LIMIT {most}
)
SELECT t.tag_id, count(*) FROM carried t JOIN conversations_conversation c ON c.id = t.conversation_id WHERE {where} GROUP BY 1
UNION ALL SELECT 0, count(*) FROM carried
"""


def _carried(workspace: Workspace, filters: Filters, tags: list[int]) -> dict[int, int] | None:
    """{tag: rows it would show}; None where too many carry one to be counted while somebody waits."""
    where, values = conditions.all_of(workspace, filters)
    sql = _CARRIED.format(most=MOST_CARRIED, where=" AND ".join(where))
    with connection.cursor() as cursor:
        cursor.execute(sql, [tags, *values])
        found = dict(cursor.fetchall())
    return found if found.pop(0) < MOST_CARRIED else None


def _option(filters: Filters, name: str, value: str, word: str, chosen: bool, count: int | None) -> Option:
    """One at a time: choosing another takes its place, choosing the same again takes it off."""
    return Option(word, filters.query(**{name: None if chosen else value}), chosen, count)
