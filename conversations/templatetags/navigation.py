"""Template tags for what surrounds every page: the navigation, today's use of lines, and the first steps of a workspace."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse

from conversations.inbox import beginning, totals
from lines import queries as lines
from workspaces.models import User, Workspace

register = template.Library()


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
        url = reverse(name, kwargs={"slug": workspace.slug})
        badge = {"imessages": found.waiting, "console": found.failures}.get(name, 0)
        entries.append(Entry(label, picture, url, request.path.startswith(url), counts.get(name), badge))
    return entries


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
