"""What a report can be told apart by, and what it counts: the same words of SQL for a number and for the rows behind it.

`m` is the message, `{at}` the moment that counts: when it was handed over, or, of one that was not delivered, its time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Dimension:
    """`key` is what an address names a part by, `label` what people read; empty keys are parts without one."""

    title: str
    key: str
    label: str
    joins: str = ""
    none: str = ""  # what an empty key is called


_CAMPAIGN: Final = "LEFT JOIN campaigns_campaign k ON k.id = m.campaign_id"
_STEP: Final = f"""{_CAMPAIGN}
LEFT JOIN conversations_message earlier ON earlier.id = m.retry_of_id
LEFT JOIN campaigns_execution x ON x.id = COALESCE(m.execution_id, earlier.execution_id)
LEFT JOIN campaigns_node n ON n.id = x.node_id"""

USUAL: Final = "campaign"
DIMENSIONS: Final[dict[str, Dimension]] = {
    "campaign": Dimension("Campaign", "COALESCE(k.public_id, '')", "k.name", _CAMPAIGN, "No campaign"),
    "line": Dimension(
        "Line", "COALESCE(i.public_id, '')", "i.name", "LEFT JOIN lines_line i ON i.id = m.line_id", "A line that was removed"
    ),
    "persona": Dimension("Persona", "m.persona", "m.persona", none="No persona"),
    "icp": Dimension("ICP", "m.icp", "m.icp", none="No ICP"),
    "step": Dimension("Step", "COALESCE(k.public_id || ':' || n.key, '')", "k.name || ' · ' || n.name", _STEP, "No campaign step"),
    "variant": Dimension(
        "Variant",
        "CASE WHEN m.variant = '' THEN '' ELSE COALESCE(k.public_id, '') || ':' || m.variant END",
        "k.name || ' · text ' || m.variant",
        _CAMPAIGN,
        "One text only",
    ),
    "hour": Dimension(
        "Hour of day",
        "to_char({at} AT TIME ZONE %(zone)s, 'HH24')",
        "to_char({at} AT TIME ZONE %(zone)s, 'HH24') || ':00'",
    ),
}


@dataclass(frozen=True, slots=True)
class Stage:
    """One number of the funnel. `where` holds of a message that was handed over in the time; `of` is what it is a share of."""

    title: str
    where: str
    of: str = "sent"
    hint: str = ""


NOT_DELIVERED: Final = "not_delivered"
STAGES: Final[dict[str, Stage]] = {
    "sent": Stage("Sent", "true", of="tried", hint="Messages handed over to a line, and not reported as failed since."),
    "delivered": Stage(
        "Delivered",
        "(m.delivered_at IS NOT NULL OR m.read_at IS NOT NULL OR m.replied_at IS NOT NULL)",
        hint="Confirmed by the gateway, read or answered. Not every carrier confirms.",
    ),
    "read": Stage(
        "Read",
        "m.read_at IS NOT NULL",
        hint="Directional: receipts can be off, and an SMS has none. A message without one may have been read.",
    ),
    "replied": Stage("Replied", "m.replied_at IS NOT NULL", hint="The newest message before an answer."),
    "positive": Stage(
        "Positive",
        "(m.replied_at IS NOT NULL AND EXISTS ("
        "SELECT FROM conversations_conversation c WHERE c.id = m.conversation_id AND c.intent_status = 'positive'))",
        of="replied",
        hint="Answered, and the conversation is positive now.",
    ),
    "opted_out": Stage("Opted out", "m.id = ANY(%(opted)s::bigint[])", hint="The last message before the contact opted out."),
    NOT_DELIVERED: Stage("Not delivered", "true", of="tried", hint="Of those that were sent or failed in this time."),
}

# The last message before each opt-out, found from the side of the opt-outs: they are few.
OPTED: Final = """
SELECT DISTINCT x.id FROM leads_optout q JOIN LATERAL (
    SELECT s.id FROM conversations_message s
    WHERE s.line_id = ANY(%(lines)s) AND s.address = q.value AND s.direction = 'out' AND s.sent_at <= q.received_at
    ORDER BY s.sent_at DESC, s.id DESC LIMIT 1
) x ON true
WHERE q.workspace_id = %(workspace)s
"""
