"""Template tags every page uses: icons, times in the workspace's zone, addresses, the navigation and today's use of lines.

Registered as builtins (`TEMPLATES` in the settings), so templates need no `{% load %}`.
"""

from __future__ import annotations

import re
import zoneinfo
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final, cast

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_outline

from conversations import narrowing, snoozing
from leads import addresses
from lines import queries as lines
from workspaces.models import User, Workspace

register = template.Library()

ICONS: Final = {
    "add": "plus",
    "canned": "chevron-double-right",
    "note": "pencil",
    "available": "check-circle",
    "attach": "camera",
    "assign": "user-plus",
    "back": "chevron-left",
    "branch": "arrows-right-left",
    "campaign": "share",
    "chat": "chat-bubble-oval-left",
    "check": "check",
    "close": "x-mark",
    "company": "building-office",
    "console": "command-line",
    "report": "chart-bar",
    "delete": "trash",
    "details": "information-circle",
    "done": "check-circle",
    "down": "chevron-down",
    "down-tray": "arrow-down-tray",
    "duplicate": "document-duplicate",
    "email": "envelope",
    "edit": "pencil-square",
    "failed": "exclamation-triangle",
    "file": "document-text",
    "hold": "clock",
    "info": "information-circle",
    "key": "key",
    "label": "tag",
    "line": "device-phone-mobile",
    "linkedin": "briefcase",
    "merge": "arrows-pointing-in",
    "no-line": "signal-slash",
    "notify": "bell",
    "pause": "pause",
    "people": "users",
    "person": "user",
    "react": "face-smile",
    "reply": "arrow-uturn-left",
    "resume": "play",
    "retry": "arrow-path",
    "search": "magnifying-glass",
    "send": "paper-airplane",
    "settings": "cog-6-tooth",
    "sms": "chat-bubble-left",
    "sign-out": "arrow-right-start-on-rectangle",
    "stop": "no-symbol",
    "test": "signal",
    "undo": "arrow-uturn-left",
    "unavailable": "minus-circle",
    "unchecked": "question-mark-circle",
    "up-tray": "arrow-up-tray",
    "up": "chevron-up",
}
"""The product's icons by what they mean."""

DROPLET: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16" height="16" class="i" {}>'
    '<path d="M12 3s6.5 6.6 6.5 11.4a6.5 6.5 0 0 1-13 0C5.5 9.6 12 3 12 3Z"/></svg>'
)
"""The one icon that the set lacks (S2-24)."""

TAPBACKS: Final = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "laugh": "😂",
    "emphasize": "‼️",
    "question": "❓",
}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the product. Beside words it is decoration; alone it needs a `label` for who cannot see it."""
    return _icon(name, label)


@cache
def _icon(name: str, label: str) -> SafeString:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    if name == "drip":
        return format_html(DROPLET, format_html_join(" ", '{}="{}"', spoken.items()))
    return cast(SafeString, heroicon_outline(ICONS[name], size=16, **{"class": "i"}, **spoken))


@register.simple_tag
def meter(value: int, limit: int, tone: str = "acc") -> SafeString:
    """A bar of `value` in `limit`. Decoration: the figures stand beside it in words."""
    share = min(100, round(100 * value / limit)) if limit > 0 else 0
    return format_html(
        '<svg class="meter {}" aria-hidden="true" focusable="false"><rect width="{}%" height="100%"/></svg>', tone, share
    )


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | None, css: str = "") -> SafeString:
    """A time as people say it, in the workspace's zone, with the full stamp on hover: 9:41, Yesterday, Tue 17 Nov."""
    return _time(context, moment, short, css)


@register.simple_tag(takes_context=True)
def clock(context: Context, moment: datetime | None) -> SafeString:
    """The time of day, and the day where it is not today: 9:41, Tue 17 Nov 10:12."""
    return _time(context, moment, precise, "")


@register.simple_tag(takes_context=True)
def zone_name(context: Context) -> str:
    return str(zone_of(context))


def _time(context: Context, moment: datetime | None, say: Any, css: str) -> SafeString:
    if moment is None:
        return SafeString("")
    local = moment.astimezone(zone_of(context))
    return format_html(
        '<time class="{}" datetime="{}" title="{}">{}</time>', css, local.isoformat(timespec="seconds"), full(local), say(local)
    )


def zone_of(context: Context) -> zoneinfo.ZoneInfo:
    workspace: Workspace | None = context.get("current_workspace")
    return workspace.zone if workspace else zoneinfo.ZoneInfo("UTC")


def short(local: datetime) -> str:
    """For lists. `local` carries the zone it is read in."""
    today = timezone.now().astimezone(local.tzinfo).date()
    if local.date() == today:
        return hour(local)
    if local.date() == today - timedelta(days=1):
        return "Yesterday"
    return day(local)


def precise(local: datetime) -> str:
    today = timezone.now().astimezone(local.tzinfo).date()
    if local.date() == today:
        return hour(local)
    if timedelta(0) < today - local.date() < timedelta(days=6):
        return f"{local:%a} {hour(local)}"
    return f"{day(local)} {hour(local)}"


def hour(local: datetime) -> str:
    return f"{local.hour}:{local:%M}"


def day(local: datetime) -> str:
    this_year = local.year == timezone.now().astimezone(local.tzinfo).year
    return f"{local:%a} {local.day} {local:%b}" + ("" if this_year else f" {local.year}")


def full(local: datetime) -> str:
    return f"{local:%A} {local.day} {local:%B %Y}, {local:%H:%M:%S %Z}"


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago, in its largest unit: 40 s, 12 min, 3 h, 5 days."""
    if moment is None:
        return "never"
    seconds = max(0, int((timezone.now() - moment).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        return f"{seconds // 3600} h"
    days = seconds // 86_400
    return f"{days} day" if days == 1 else f"{days} days"


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
    totals = narrowing.totals(workspace, request.user)
    counts = {"overview": totals.overview, "imessages": totals.imessages, "intent": totals.positive, "tasks": totals.work}
    for name, label, picture in _ENTRIES:
        try:
            url = reverse(name, kwargs={"slug": workspace.slug})
        except NoReverseMatch:
            continue
        badge = {"imessages": totals.waiting, "console": totals.failures}.get(name, 0)
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
