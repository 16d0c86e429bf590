"""What of a message counts, by day and part: the words of SQL that tallies, plain counts and lists of rows share.

`e` is a row with the columns of TallyEntry, `m` a message. Every value that a URL may name is bound as a parameter.
"""

from __future__ import annotations

from typing import Final

COLUMNS: Final = ("sent", "delivered", "read", "replied", "failed")
SUMS: Final = ", ".join(f"sum(e.{name})" for name in COLUMNS)
ANY: Final = " OR ".join(f"sum(e.{name}) <> 0" for name in COLUMNS)

CONDITIONS: Final[dict[str, str]] = {
    "sent": "true",
    "delivered": "COALESCE(m.delivered_at, m.read_at, m.replied_at) IS NOT NULL",
    "read": "m.read_at IS NOT NULL",
    "replied": "m.replied_at IS NOT NULL",
    "positive": "m.replied_at IS NOT NULL AND m.conversation_id IN (SELECT c.id FROM conversations_conversation c"
    " WHERE c.workspace_id = %(workspace)s AND c.intent_status = 'positive')",
    "opted_out": "m.id IN (SELECT f.message_id FROM conversations_farewell f WHERE f.workspace_id = %(workspace)s)",
    "not_delivered": "true",
}
"""Of a message of the stage's `base`: does it belong to the stage?"""

LOST: Final = "m.direction = 'out' AND m.status = 'not_delivered'"
HANDED_OVER: Final = "m.direction = 'out' AND m.sent_at IS NOT NULL AND m.status <> 'not_delivered'"
ANSWERED: Final = "m.direction = 'out' AND m.sent_at IS NOT NULL AND m.replied_at IS NOT NULL"
"""The same of those that were answered, which are never not delivered: in the words of their index."""


def base(stage: str) -> str:
    """What all messages fulfil among which a stage looks for its own."""
    return {"not_delivered": LOST, "replied": ANSWERED, "positive": ANSWERED}.get(stage, HANDED_OVER)


ENTRIES: Final = f"""
SELECT m.workspace_id, CASE WHEN m.status = 'not_delivered' THEN m.at ELSE m.sent_at END AS at,
    COALESCE(m.campaign_id, -1) AS campaign, COALESCE(m.line_id, -1) AS line, m.channel, m.persona, m.icp, m.step, m.variant,
    (m.status <> 'not_delivered')::int AS sent,
    (m.status <> 'not_delivered' AND {CONDITIONS["delivered"]})::int AS delivered,
    (m.status <> 'not_delivered' AND {CONDITIONS["read"]})::int AS read,
    (m.status <> 'not_delivered' AND {CONDITIONS["replied"]})::int AS replied,
    (m.status = 'not_delivered')::int AS failed
FROM conversations_message m WHERE m.direction = 'out' AND (m.sent_at IS NOT NULL OR m.status = 'not_delivered')
"""  # noqa: S608  our own words; values are bound
"""Every message that counts, as what an entry of it says (migration 0008)."""


def key(by: str, zone: str) -> str:
    """The part that a row of entries belongs to. `zone` is SQL for a time zone."""
    return {
        "": "''",
        "campaign": "e.campaign::text",
        "line": "e.line::text",
        "channel": "e.channel",
        "persona": "e.persona",
        "icp": "e.icp",
        "step": "CASE WHEN e.step = '' OR e.campaign = -1 THEN '' ELSE e.campaign || ':' || e.step END",
        "variant": "CASE WHEN e.variant = '' OR e.campaign = -1 THEN '' ELSE e.campaign || ':' || e.step || ':' || e.variant END",
        "hour": f"to_char(e.at AT TIME ZONE {zone}, 'HH24')",
    }[by]


KEPT: Final = ("", "channel", "persona", "icp", "step", "variant", "hour")
"""What tallies are kept by; campaign and line are columns of theirs."""


def spread(source: str) -> str:
    """The rows of tallies that entries amount to. `source` has a `zone` for each; equal ones are laid together first."""
    kinds = ", ".join(f"('{by}', {'e.hour' if by == 'hour' else key(by, '')})" for by in KEPT)
    return f"""
    SELECT e.workspace_id, k.by, c.campaign, l.line, e.day, k.key, {SUMS}
    FROM (
        SELECT e.workspace_id, (e.at AT TIME ZONE e.zone)::date AS day, {key("hour", "e.zone")} AS hour,
            e.campaign, e.line, e.channel, e.persona, e.icp, e.step, e.variant,
            {", ".join(f"sum(e.{name}) AS {name}" for name in COLUMNS)}
        FROM ({source}) e GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
    ) e
    CROSS JOIN LATERAL (VALUES (0::bigint), (e.campaign)) c(campaign)
    CROSS JOIN LATERAL (VALUES (0::bigint), (e.line)) l(line)
    CROSS JOIN LATERAL (VALUES {kinds}) k(by, key)
    GROUP BY 1, 2, 3, 4, 5, 6
    """  # noqa: S608  our own words; values are bound
