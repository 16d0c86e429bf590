"""Rows of a list, drawn. Fifty of them are most of a page, so they are written here and not by a template: the same
markup costs a tenth of the time (spec: performance 0.1). Whatever people wrote passes `escape`: Python's own, as Django's asks of
each text first whether it is to be translated later.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any, Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from conversations.inbox.marking import marked
from conversations.inbox.rows import TAG_END, Row
from conversations.inbox.search import Hit
from conversations.vocabulary import Channel, Direction
from conversations.wording import chips
from leads import addresses
from lines.models import Line
from workspaces.models import Workspace
from workspaces.templatetags.icons import icon
from workspaces.templatetags.texts import initials
from workspaces.templatetags.times import ago, full, short

ANY_ID: Final = "public-id"
"""Stands in a frame's URL where a conversation's id belongs."""


class Frame(NamedTuple):
    """What all rows of a list have in common: where they lead, how times are read, which one is open."""

    workspace: Workspace
    url: str  # with ANY_ID where a conversation's id belongs
    query: str = ""
    open: str = ""
    picks: bool = False
    swaps: bool = True  # whether the page has a place for an open conversation


def draw(rows: Sequence[Row], frame: Frame) -> SafeString:
    """Markup of the rows."""
    zone = frame.workspace.zone
    tail = f"?{escape(frame.query)}" if frame.query else ""
    return mark_safe("".join(_row(row, frame, zone, tail) for row in rows))  # noqa: S308  every part is escaped where it is made


def draw_hits(hits: Sequence[Hit], frame: Frame, sought: str) -> SafeString:
    """The same of what a search has found: each shows the words of its message and leads to it."""
    parts = []
    for hit in hits:
        query = f"{frame.query}&m={hit.message}#m-{hit.message}" if hit.message else frame.query
        row = hit.row._replace(last_at=hit.at) if hit.at else hit.row
        parts.append(_row(row, frame, frame.workspace.zone, f"?{escape(query)}", marked(hit.words, sought)))
    return mark_safe("".join(parts))  # noqa: S308  every part is escaped where it is made


_SILENT: Final = '<span class="dir">Nothing sent or received yet</span>'


def _row(row: Row, frame: Frame, zone: Any, tail: str, words_found: str = "") -> str:
    url = escape(frame.url.replace(ANY_ID, row.public_id)) + tail
    name = escape(row.contact_name or addresses.display(row.address))
    beside = escape(row.company_name or ("" if row.contact_name else "Unknown contact"))
    local = row.last_at.astimezone(zone)
    direction = f'<span class="dir">{_direction(row.last_direction)}:</span> ' if row.last_direction else _SILENT
    current = ' aria-current="true"' if row.public_id == frame.open else ""
    pick = (
        f'<label class="pick-zone"><input type="checkbox" class="pick" name="conversation" value="{row.public_id}"'
        f' form="selection" aria-label="Select {name}"></label>'
        if frame.picks
        else ""
    )
    swap = f' hx-get="{url}" hx-target="#conversation" hx-swap="outerHTML" hx-push-url="true"' if frame.swaps else ""
    return (
        f'<div class="pickable">{pick}<a id="c-{row.public_id}" class="conv{" unread" if row.unread else ""}"'
        f' data-at="{row.last_at.timestamp():.6f}" href="{url}"{swap}{current}>'
        f'<span class="avatar" aria-hidden="true">{escape(initials(row.contact_name))}</span>'
        f'<span class="name">{name} <span>{beside}</span></span>'
        f"{_time(local) if row.last_direction or row.last_at.year > NEVER else ''}"
        f'<span class="text">{words_found or direction + _preview(row)}</span>{_needs(row)}'
        f'<span class="row-meta">{_meta(row)}</span></a></div>'
    )


def _preview(row: Row) -> str:
    return escape(row.preview) if row.preview or not row.last_direction else "<i>No text</i>"


NEVER: Final = 1970
"""The year of what never happened: nothing was written there but what was cancelled."""


def _time(at: datetime) -> str:
    return f'<time class="time" datetime="{at.isoformat(timespec="seconds")}" title="{full(at)}">{short(at)}</time>'


def _needs(row: Row) -> str:
    if row.waiting_since:
        waits = ago(row.waiting_since)
        return f'<span class="needs" title="Needs a reply, waits for {waits}">{icon("reply", "Needs a reply")}{waits}</span>'
    if row.snoozed_until:
        return f'<span class="needs" title="Snoozed">{icon("hold", "Snoozed")}</span>'
    return ""


def _meta(row: Row) -> str:
    parts = []
    if row.last_channel:
        parts.append(f'<span class="dot {row.last_channel}" aria-hidden="true"></span><span>{_channel(row.last_channel)}</span>')
    if row.has_draft:
        parts.append(f'<span class="begun" title="You have begun a reply">{icon("edit", "")}Draft</span>')
    if row.archived_at:
        parts.append('<span class="chip">Archived</span>')
    if chip := chips.row_chip(row):
        text = escape(chip.text)
        parts.append(f'<span class="chip {chip.tone}" title="{text}"><span class="cut">{text}</span></span>')
    if row.line__name:
        line = _line(row.line__name, row.line__kind or "", row.line__address or "")
        shown = row.campaign_name if row.campaign_id else row.line__name
        parts.append(f'<span class="line" title="{escape(_with_campaign(row, line))}">{escape(shown)}</span>')
    else:
        parts.append(f'<span class="line">{escape(row.campaign_name if row.campaign_id else "")}</span>')
    parts += [f'<span class="tag" title="Tag: {escape(one)}">{escape(one)}</span>' for one in _tags(row.tags)]
    if row.icp_match:
        parts.append(_fit("ICP match", row.company__icp, "company"))
    if row.lead__persona_match:
        parts.append(_fit("Persona match", row.lead__persona, "person"))
    if row.unread:
        parts.append(f'<span class="sr">{row.unread} unread</span>')
    return "".join(parts)


MOST_TAGS: Final = 2


def _tags(joined: str) -> list[str]:
    """The first few by name, and how many more there are."""
    names = joined.split(TAG_END) if joined else []
    return names if len(names) <= MOST_TAGS else [*names[:MOST_TAGS], f"+{len(names) - MOST_TAGS}"]


def _with_campaign(row: Row, line: str) -> str:
    return f"Campaign: {row.campaign_name}. {line}" if row.campaign_id else line


@lru_cache
def _line(name: str, kind: str, address: str) -> str:
    return f"{name}, {_kind(kind)} line, {addresses.display(address)}"


def _fit(label: str, what: str | None, picture: str) -> str:
    return (
        f'<span class="fit" title="{label}: {escape(what or "matched")}">{icon(picture, "")}<span class="sr">{label}</span></span>'
    )


@lru_cache
def _direction(value: str) -> str:
    return str(Direction(value).label)


@lru_cache
def _channel(value: str) -> str:
    return str(Channel(value).label)


@lru_cache
def _kind(value: str) -> str:
    return str(Line.Kind(value).label) if value else ""
