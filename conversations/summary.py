"""The denormalised columns of a conversation, computed from its messages in one statement.

Nothing counts up or down: running it twice, or out of order, gives the same row. Drafts, discarded and cancelled
messages and those scheduled for later are not activity (R2), and what answered by itself is not the last word: the row goes on
showing what they wrote, among the incoming ones, for somebody to answer. A row waits for an answer until a person answers
or dismisses it, and a message that failed answers nothing (S0-14). Snoozed, it waits again when its time comes or when
the contact writes again.

`status` is what became of our newest message, in R1's eight words; one that was cancelled or discarded only tells
where there is no other. Where there is nothing but such, nothing ever happened: those of a campaign that was stopped before it
wrote stand at the end of the list. They are not hidden: a conversation also holds what people put there (notes, tags, tasks, an
assignee, a draft), and who looks for it should find it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from workspaces import statements

_LOCK: Final = "SELECT id FROM conversations_conversation WHERE id = ANY(%(ids)s::bigint[]) ORDER BY id FOR NO KEY UPDATE"

# "Not incoming" where "outgoing" is meant: indexes of outgoing messages alone begin with the workspace, and a database without
# statistics of its messages, a new one, would read the whole workspace through one of them for each conversation.
_REFRESH: Final = """
UPDATE conversations_conversation c SET
    last_at        = COALESCE(last.at, CASE WHEN ours.status IN ('cancelled', 'discarded') THEN 'epoch' ELSE c.last_at END),
    last_direction = COALESCE(last.direction, ''),
    last_channel   = COALESCE(NULLIF(last.channel, ''), last.requested_channel, ''),
    last_status    = CASE WHEN last.direction = 'out' THEN last.status ELSE '' END,
    last_reason    = COALESCE(last.reason, ''),
    preview        = COALESCE(LEFT(last.body, 160), ''),
    status         = COALESCE(ours.status, ''),
    fell_back      = COALESCE(ours.fell_back, false),
    unread         = waiting.unread,
    waiting_since  = waiting.since,
    contact_name   = CASE WHEN k.lead_id IS NULL THEN k.contact_name ELSE lead.name END,
    company_id     = CASE WHEN k.lead_id IS NULL THEN k.company_id ELSE lead.company_id END,
    company_name   = CASE WHEN k.lead_id IS NULL THEN k.company_name ELSE COALESCE(company.name, '') END,
    icp_match      = COALESCE(company.icp_match, false),
    campaign_name  = COALESCE(campaign.name, '')
FROM unnest(%(ids)s::bigint[]) AS wanted(id)
JOIN conversations_conversation k ON k.id = wanted.id
LEFT JOIN leads_lead lead ON lead.id = k.lead_id
LEFT JOIN leads_company company ON company.id = CASE WHEN k.lead_id IS NULL THEN k.company_id ELSE lead.company_id END
LEFT JOIN campaigns_campaign campaign ON campaign.id = k.campaign_id
LEFT JOIN LATERAL (
    SELECT m.at, m.direction, m.channel, m.requested_channel, m.status, m.reason,
           CASE WHEN m.body = '' AND m.has_media THEN 'Attachment' ELSE m.body END AS body
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id
      AND m.state NOT IN ('draft', 'discarded', 'cancelled')
      AND NOT (m.state = 'queued' AND m.scheduled_at IS NOT NULL)
      AND m.origin NOT IN ('auto', 'confirmation')
    ORDER BY m.at DESC, m.id DESC
    LIMIT 1
) last ON true
LEFT JOIN LATERAL (
    SELECT CASE WHEN m.status IN ('queued', 'sending') THEN 'scheduled'
                WHEN m.status = 'delivered' THEN 'sent'
                ELSE m.status END AS status,
           m.channel = 'sms' AND m.fallback_cause <> '' AS fell_back
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id AND m.direction <> 'in'
    ORDER BY m.state IN ('cancelled', 'discarded'), m.at DESC, m.id DESC
    LIMIT 1
) ours ON true
LEFT JOIN LATERAL (
    SELECT COALESCE(MAX(m.id), 0) AS id
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id
      AND m.direction <> 'in' AND m.origin IN ('person', 'device')
      AND (m.state IN ('sending', 'sent') OR m.state = 'queued' AND m.scheduled_at IS NULL)
) answered ON true
CROSS JOIN LATERAL (
    SELECT COUNT(*) FILTER (WHERE m.id > k.seen_through) AS unread,
           MIN(m.at) FILTER (
               WHERE m.id > GREATEST(k.handled_through, answered.id,
                                     CASE WHEN k.snoozed_until > now() THEN k.snoozed_through ELSE 0 END)
           ) AS since
    FROM conversations_message m
    WHERE m.conversation_id = wanted.id AND m.direction = 'in'
      AND m.id > LEAST(k.seen_through, GREATEST(k.handled_through, answered.id))
) waiting
WHERE c.id = wanted.id
"""


def refresh(conversation_ids: Iterable[int]) -> None:
    """Bring the rows of these conversations up to date with their messages, in the caller's transaction.

    Locks them in order of id, last of all locks (see `conversations.sending.outbox`), so that writers cannot deadlock.
    """
    ids = sorted(set(conversation_ids))
    if not ids:
        return
    statements.run(_LOCK, {"ids": ids})
    statements.run(_REFRESH, {"ids": ids})
