"""What follows from the gate's decision: it is written to the message, and those that depend on the message are told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings

from conversations.models import Message
from conversations.sending import consents, consequences, gate, step_outcomes
from conversations.sending.compose import Outgoing, compose
from conversations.sending.facts import Facts
from conversations.sending.routes import Route
from conversations.vocabulary import BY_HOURS, BY_LIMIT, Hold, Origin
from lines.models import Line


def through_gate(message: Message, line: Line, facts: Facts) -> Route | None:
    """The route of a message that may go now. For any other, write what the gate decided and return None."""
    match gate.decide(message, line, facts):
        case gate.Go(route):
            return route
        case gate.Wait(hold, until):
            by_rule = hold in BY_HOURS or hold in BY_LIMIT
            message.hold, message.run_at, message.held_at = hold, until, facts.now if by_rule else None
            if by_rule or hold in (
                Hold.REMOVAL,
                Hold.CAMPAIGN_PAUSED,
                Hold.PAUSED,
            ):  # waiting for our own rules must not make it expire
                message.expires_at = until + timedelta(hours=settings.SEND_EXPIRES_HOURS)
            message.save(update_fields=["hold", "run_at", "held_at", "expires_at"])
        case gate.Stop(state, reason, detail):
            message.state, message.reason, message.reason_detail, message.hold = state, reason, detail, Hold.NONE
            message.save(update_fields=["state", "reason", "reason_detail", "hold"])
        case gate.Move(route):
            consequences.return_place(message)
            message.line, message.next_channel, message.fallback_cause = route.line, route.channel, route.cause
            message.save(update_fields=["line", "next_channel", "fallback_cause"])
    return None


def tell(changed: Sequence[Message]) -> None:
    """Campaign steps learn how their messages ended, messages that wait for a consent get it, summaries are brought up to date."""
    if not changed:
        return
    step_outcomes.settle([message.pk for message in changed if message.execution_id])
    for message in sorted(changed, key=lambda m: m.conversation_id):
        if message.hold == Hold.CONSENT:
            compose(
                Outgoing(
                    conversation=message.conversation,
                    body=message.workspace.consent_text,
                    origin=Origin.CONSENT,
                    dedupe_key=consents.key(message.conversation),
                    line=message.line,
                )
            )
    consequences.tell_all([(message.workspace_id, message.conversation_id) for message in changed])
