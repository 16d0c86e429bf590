"""Template tags for automation in a thread."""

from __future__ import annotations

from django import template
from django.template import Context

from conversations.campaigning import dripping
from conversations.models import Conversation

register = template.Library()


@register.simple_tag(takes_context=True)
def why_no_drip(context: Context, conversation: Conversation) -> str:
    """Why no drip can be applied here, and what helps (S2-27, S2-28); empty when one can."""
    return dripping.why_not(conversation, context["membership"])
