"""Template tags every page uses: addresses, the navigation and today's use of lines. Icons and times are in files of their own.

Registered as builtins (`TEMPLATES` in the settings), so templates need no `{% load %}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from conversations.inbox import beginning, totals
from conversations.thread import snoozing
from leads import addresses
from lines import queries as lines
from workspaces.models import User, Workspace

register = template.Library()

TAPBACKS: Final = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "laugh": "😂",
    "emphasize": "‼️",
    "question": "❓",
}


@register.simple_tag
def meter(value: int, limit: int, tone: str = "acc") -> SafeString:
    """A bar of `value` in `limit`. Decoration: the figures stand beside it in words."""
    share = min(100, round(100 * value / limit)) if limit > 0 else 0
    return format_html(
        '<svg class="meter {}" aria-hidden="true" focusable="false"><rect width="{}%" height="100%"/></svg>', tone, share
    )


@register.filter
def address(value: str) -> str:
    """A phone number as its country writes it; an email address as it is."""
    return addresses.display(value)


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar; a question mark for who has no name."""
    words = [word for word in name.split() if word[:1].isalpha()]
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"


_LINK: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


@register.filter
def linkify(text: str) -> SafeString:
    """Text with its http(s) addresses made links; everything else escaped. Other schemes never become links."""
    parts: list[SafeString] = []
    end = 0
    for found in _LINK.finditer(text):
        target = found.group().rstrip(".,;:!?)]}")
        parts.append(format_html("{}", text[end : found.start()]))
        parts.append(format_html('<a href="{}" target="_blank" rel="noopener noreferrer nofollow">{}</a>', target, target))
        end = found.start() + len(target)
    parts.append(format_html("{}", text[end:]))
    return format_html_join("", "{}", ((part,) for part in parts))


@register.filter
def tapback(name: str) -> str:
    """The picture of a tapback; an emoji is its own picture."""
    return TAPBACKS.get(name, name)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the navigation: `under` are the paths it stands for."""

    label: str
    icon: str
    url: str
    current: bool
    count: int | None = None
    badge: int = 0


_ENTRIES: Final = (
    ("overview", "Overview", "done"),
    ("imessages", "iMessages", "chat"),
    ("intent", "Intent", "react"),
    ("tasks", "Tasks", "check"),
    ("leads", "Leads", "people"),
    ("companies", "Companies", "company"),
    ("campaigns", "Campaigns", "campaign"),
    ("console", "Console", "console"),
    ("messages_log", "Messages", "send"),
    ("lines", "Lines", "line"),
    ("reports", "Reports", "report"),
    ("settings", "Settings", "settings"),
)


@register.simple_tag(takes_context=True)
def navigation(context: Context) -> list[Entry]:
    """The pages of the current workspace, the one that is open marked."""
    request: HttpRequest = context["request"]
    workspace: Workspace = context["current_workspace"]
    entries = []
    assert isinstance(request.user, User)
    found = totals.totals(workspace, request.user)
    counts = {"overview": found.overview, "imessages": found.imessages, "intent": found.positive, "tasks": found.work}
    for name, label, picture in _ENTRIES:
        try:
            url = reverse(name, kwargs={"slug": workspace.slug})
        except NoReverseMatch:
            continue
        badge = {"imessages": found.waiting, "console": found.failures}.get(name, 0)
        entries.append(Entry(label, picture, url, request.path.startswith(url), counts.get(name), badge))
    return entries


@register.simple_tag
def snoozes() -> list[tuple[str, str]]:
    """Until when a conversation can be put off."""
    return list(snoozing.CHOICES.items())


@register.simple_tag
def thin(number: int) -> str:
    """A number with thin spaces between its thousands."""
    return f"{number:,}".replace(",", "\u2009")


@register.simple_tag(takes_context=True)
def lines_today(context: Context) -> lines.Today:
    """What all lines of the workspace have started today, and how many are connected."""
    return lines.today_of(context["current_workspace"])


@register.simple_tag(takes_context=True)
def coming_in(context: Context) -> int:
    """What was received and is not in its thread yet (S0-133)."""
    return lines.coming_in(context["current_workspace"])


@register.simple_tag(takes_context=True)
def first_steps(context: Context) -> list[beginning.Step]:
    """What a workspace without a conversation does first, and what of it this member can do."""
    return beginning.first_steps(context["membership"])
