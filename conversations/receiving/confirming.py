"""The one text that answers an opt-out, where the workspace wants it and the gateway does not send one itself.

At most one, within five minutes, and nothing after it (47 CFR 64.1200(a)(12); gateways.md 9, rule 4).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils import timezone

from conversations.models import Conversation, Message
from conversations.sending.compose import Outgoing, compose
from conversations.vocabulary import Origin
from leads.models import OptOut
from lines.gateways.base import Capability
from lines.models import Line
from lines.wire import capabilities_of

WITHIN: Final = timedelta(minutes=5)


def confirm(conversation: Conversation, line: Line, address: str, opt_out: OptOut) -> Message | None:
    """Queue the confirmation of an opt-out that a contact has just texted; None where there is to be none.

    Call inside the opt-out's transaction. The gate lets it pass while the opt-out stands, and until its time is over.
    """
    workspace = conversation.workspace
    until = opt_out.received_at + WITHIN
    if not (workspace.confirm_opt_out and workspace.confirm_opt_out_text.strip()) or until <= timezone.now():
        return None
    if Capability.CONFIRMS_OPTOUT in capabilities_of(line):
        return None
    conversation.address, conversation.line = address, line  # where they wrote from, and what they wrote to
    message = compose(
        Outgoing(
            conversation=conversation,
            body=workspace.confirm_opt_out_text.strip(),
            origin=Origin.CONFIRMATION,
            dedupe_key=f"opt-out-confirmation:{opt_out.pk}",
            line=line,
        )
    )
    Message.objects.filter(pk=message.pk).update(expires_at=until)
    return message
