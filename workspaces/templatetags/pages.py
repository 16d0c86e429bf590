"""What pages have in common: their styles and scripts, and the foot of a list that goes on."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
@cache
def assets() -> SafeString:
    """The styles and scripts of every page: nothing in them changes while a process lives."""
    return render_to_string("components/assets.html")


@register.inclusion_tag("components/pages.html", takes_context=True)
def pages(
    context: Context,
    following: str,
    word: str,
    first: str = "From the beginning",
    at: str = "after",
    anchor: str = "",
    note: str = "",
) -> dict[str, Any]:
    """`following` is where the next page begins, empty on the last; `word` says what stands there, `first` what at the
    beginning. The rest of the address stays as it is, but for `at`, the parameter that says where the page begins.
    `note`, on all pages but the first, is said beside the way back.
    """
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    inside = bool(query.pop(at, None))
    beginning = f"?{query.urlencode()}{anchor}"
    query[at] = following
    return {
        "beginning": beginning if inside else "",
        "next": f"?{query.urlencode()}{anchor}" if following else "",
        "first": first,
        "word": word,
        "note": note if inside else "",
    }
