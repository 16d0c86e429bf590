"""The template filter for addresses."""

from __future__ import annotations

from django import template

from leads import addresses

register = template.Library()


@register.filter
def address(value: str) -> str:
    """A phone number as its country writes it; an email address as it is."""
    return addresses.display(value)
