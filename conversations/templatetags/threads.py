"""Template tags for an open conversation."""

from __future__ import annotations

from typing import Final

from django import template

from conversations.thread import snoozing
from workspaces.models import Workspace

register = template.Library()

TAPBACKS: Final = {
    "love": "❤️",
    "like": "👍",
    "dislike": "👎",
    "laugh": "😂",
    "emphasize": "‼️",
    "question": "❓",
}


@register.filter
def tapback(name: str) -> str:
    """The picture of a tapback; an emoji is its own picture."""
    return TAPBACKS.get(name, name)


@register.simple_tag
def snoozes(workspace: Workspace) -> list[tuple[str, str]]:
    """Until when a conversation can be put off with one click."""
    return snoozing.choices(workspace)
