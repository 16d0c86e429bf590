"""Template tags for names, texts and figures."""

from __future__ import annotations

import re
from typing import Final

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def initials(name: str) -> str:
    """Two letters for an avatar; a question mark for a nameless one."""
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


@register.simple_tag
def meter(value: int, limit: int, tone: str = "acc") -> SafeString:
    """A bar of `value` in `limit`. Decoration: the figures stand beside it in words."""
    share = min(100, round(100 * value / limit)) if limit > 0 else 0
    return format_html(
        '<svg class="meter {}" aria-hidden="true" focusable="false"><rect width="{}%" height="100%"/></svg>', tone, share
    )
