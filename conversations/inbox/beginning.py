"""The first steps of a workspace that has no conversation yet: what is done, what is next, and who can do it."""

from __future__ import annotations

from dataclasses import dataclass

from conversations.models import Conversation
from leads.models import Lead
from lines.models import Line
from workspaces.access import WRITERS
from workspaces.models import Invitation, Membership, Role


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. `url` is the name of the address where it is done; empty where this member cannot."""

    title: str
    text: str
    action: str
    url: str
    done: bool


def first_steps(membership: Membership) -> list[Step]:
    """In the order in which they make sense; none once there is a conversation, on whatever channel and archived or not."""
    workspace = membership.workspace
    if Conversation.objects.of(workspace).exists():
        return []
    admin, writes = membership.role == Role.ADMIN, membership.role in WRITERS
    asked = "" if admin else " An admin does it."
    colleagues = Membership.objects.of(workspace).exclude(pk=membership.pk)
    invited = Invitation.objects.of(workspace).filter(accepted_at=None, revoked_at=None)  # the first admin came by one
    return [
        Step(
            "A line to write from",
            f"A phone number or Apple Account that sends and receives.{asked}",
            "Add line",
            "line_add" if admin else "",
            Line.objects.of(workspace).exists(),
        ),
        Step(
            "Colleagues",
            f"Reps answer, ops look after lines, viewers read along.{asked}",
            "Invite people",
            "members" if admin else "",
            colleagues.exists() or invited.exists(),
        ),
        Step(
            "People to write to",
            "Import a CSV or Excel file; whether each can be reached over iMessage is checked automatically.",
            "Import leads",
            "imports" if writes else "",
            Lead.objects.of(workspace).exists(),
        ),
        Step(
            "The first message",
            "To one person, or in steps to many with a campaign.",
            "New conversation",
            "new_conversation" if writes else "",
            False,
        ),
    ]
