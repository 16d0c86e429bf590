"""Template tags for a contact's consent, so that a thread shows it with one line."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from conversations.models import Conversation
from conversations.thread import consenting
from conversations.thread.contact import Contact, Facts
from workspaces.models import Role

register = template.Library()


@register.inclusion_tag("conversations/consent_notice.html", takes_context=True)
def consent_notice(context: Context, conversation: Conversation, contact: Contact) -> dict[str, Any]:
    """A removal request to judge, or the opt-out with what it cancelled; nothing where neither stands."""
    return _with(context, conversation=conversation, standing=consenting.standing_of(conversation, contact.opt_out))


@register.inclusion_tag("conversations/consent_facts.html", takes_context=True)
def consent_facts(context: Context, conversation: Conversation, facts: Facts) -> dict[str, Any]:
    """Rows for the contact's details: the consent message, and excluding."""
    member = context.get("membership")
    return _with(context, conversation=conversation, facts=facts, asked=bool(member and member.consent_first))


def _with(context: Context, **values: Any) -> dict[str, Any]:
    membership = context.get("membership")
    return {
        "current_workspace": context.get("current_workspace"),
        "csrf_token": context.get("csrf_token"),
        "membership": membership,
        "is_admin": bool(membership and membership.role == Role.ADMIN),
        **values,
    }
