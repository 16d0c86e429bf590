"""The `icon` tag: what the product means by each icon, drawn by heroicons."""

from __future__ import annotations

from functools import cache
from typing import Final, cast

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from heroicons.templatetags.heroicons import heroicon_outline

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
    "more": "ellipsis-horizontal",
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


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the product. Beside words it is decoration; alone it needs a `label` for people who cannot see it."""
    return _icon(name, label)


@cache
def _icon(name: str, label: str) -> SafeString:
    spoken = {"role": "img", "aria-label": label} if label else {"aria-hidden": "true"}
    if name == "drip":
        return format_html(DROPLET, format_html_join(" ", '{}="{}"', spoken.items()))
    return cast(SafeString, heroicon_outline(ICONS[name], size=16, **{"class": "i"}, **spoken))
