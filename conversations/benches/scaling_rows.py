"""The rows of a workspace of any size, as PostgreSQL makes them: the statements of `conversations.benches.scaling`."""

from __future__ import annotations

from typing import Final

PHRASES: Final = 20_000
DAYS: Final = 365
LINES: Final = 4

_PUBLIC_ID: Final = "translate(left(encode(decode(md5({0}), 'hex'), 'base64'), 12), '+/', '-_')"

COMPANIES: Final = f"""
INSERT INTO leads_company (workspace_id, public_id, name, website, industry, icp, icp_match, status, status_note, created_at)
SELECT %(workspace)s, {_PUBLIC_ID.format("'company' || n")},
    (ARRAY['Ledger','Fathom','Corvid','Bright','Harrow','Aperture','Olivar','Pallet'])[1 + n %% 8] || ' '
    || (ARRAY['Freight','Health','Foods','Labs','Partners','Grid','Systems','Retail'])[1 + n / 8 %% 8] || ' ' || n,
    '', '', 'Ops-heavy 200+', n %% 3 = 0, CASE WHEN n %% 200 = 0 THEN 'excluded' ELSE 'active' END, '', now()
FROM generate_series(1, %(companies)s) n ON CONFLICT DO NOTHING
"""  # noqa: S608  our own words; values are bound

LEADS: Final = f"""
INSERT INTO leads_lead (workspace_id, public_id, name, title, company_id, persona, persona_match, status,
    status_note, time_zone, created_at)
SELECT %(workspace)s, {_PUBLIC_ID.format("'lead' || n")},
    (ARRAY['Priya','Marcus','Dana','Elif','Tom','Jin','Sofia','Noor','Leo','Ana'])[1 + n %% 10] || ' '
    || (ARRAY['Raman','Oyelaran','Whitfield','Kaya','Beckett','Park','Marin','Haddad','Brandt','Silva'])
        [1 + n / 10 %% 10] || ' ' || n,
    'VP Finance', f.id, 'Finance leader', n %% 4 = 0, CASE WHEN n %% 500 = 0 THEN 'excluded' ELSE 'active' END, '', '', now()
FROM generate_series(%(first)s, %(last)s) n JOIN scale_companies f ON f.place = n %% %(companies)s
"""  # noqa: S608  our own words; values are bound

# One draw of chance for each question, so that shares multiply as they do in life.
CONVERSATIONS: Final = f"""
INSERT INTO conversations_conversation (
    workspace_id, public_id, family, address, lead_id, company_id, campaign_id, line_id, created_at, archived_at, seen_through,
    handled_through, snoozed_through, contact_name, company_name, campaign_name, icp_match, last_at, last_direction, last_channel,
    last_status, status, fell_back, last_reason, preview, unread, waiting_since, intent_status, intent_reason, intent_score)
SELECT %(workspace)s, {_PUBLIC_ID.format("'conversation' || d.n")}, 'phone', '+1' || (2000000000 + d.n), l.id, l.company_id,
    m.id, i.id,
    d.at - interval '9 days', CASE WHEN d.archived THEN d.at END, CASE WHEN d.unread THEN 0 ELSE 9000000000000 END,
    CASE WHEN d.waits THEN 0 ELSE 9000000000000 END, 0, l.name, f.name, coalesce(m.name, ''), f.icp_match, d.at,
    CASE WHEN d.incoming THEN 'in' ELSE 'out' END, CASE WHEN d.sms THEN 'sms' ELSE 'imessage' END,
    CASE WHEN d.incoming THEN '' ELSE d.status END, CASE WHEN d.incoming THEN 'replied' ELSE d.status END, d.sms AND d.fell,
    CASE WHEN d.status = 'not_delivered' AND NOT d.incoming THEN 'unreachable' ELSE '' END, left(p.body, 160),
    CASE WHEN d.unread THEN 1 ELSE 0 END, CASE WHEN d.waits THEN d.at END, d.intent,
    CASE WHEN d.intent = '' THEN '' WHEN d.intent = 'positive'
    THEN (ARRAY['meeting','pricing','info','referral','later',''])[1 + (d.r * 6)::int %% 6]
         WHEN d.intent = 'neutral' THEN (ARRAY['info','later','competitor',''])[1 + (d.r * 4)::int %% 4]
         ELSE (ARRAY['competitor','budget','no_need','wrong_persona','requested_remove',''])[1 + (d.r * 6)::int %% 6] END,
    CASE d.intent WHEN 'positive' THEN 65 + (d.r * 35)::int WHEN 'neutral' THEN 35 + (d.r * 25)::int WHEN 'negative'
    THEN (d.r * 30)::int END
FROM (
    SELECT n, now() - random() ^ 2 * interval '{DAYS} days' AS at, incoming, incoming AND chance < 0.5 AS waits,
        incoming AND chance < 0.25 AS unread, random() < 0.2 AS archived, random() < 0.3 AS sms, random() < 0.4 AS fell,
        random() AS r,
        (ARRAY['sent','sent','sent','sent','read','read','read','not_delivered','scheduled','draft'])
            [1 + floor(random() * 10)::int] AS status,
        CASE WHEN incoming OR chance > 0.8 THEN (ARRAY['positive','neutral','neutral','negative','negative',''])
            [1 + floor(random() * 6)::int]
             ELSE '' END AS intent, floor(random() ^ 2 * %(campaigns)s * 1.2)::int AS campaign,
             floor(random() * {PHRASES})::int AS phrase
    FROM (SELECT n, random() < 0.35 AS incoming, random() AS chance FROM generate_series(%(first)s, %(last)s) n) one
) d
JOIN scale_leads l ON l.place = d.n
JOIN leads_company f ON f.id = l.company_id
JOIN scale_phrases p ON p.place = d.phrase
LEFT JOIN scale_campaigns m ON m.place = d.campaign
JOIN scale_lines i ON i.place = d.n %% {LINES}
"""  # noqa: S608  our own words; values are bound

MESSAGES: Final = f"""
INSERT INTO conversations_message (
    workspace_id, conversation_id, public_id, direction, origin, address, line_id, body, has_media, created_at, at,
    requested_channel,
    fallback, dedupe_key, state, reason, reason_detail, hold, run_at, channel, fallback_cause, next_channel, attempt_count,
    vendor_id,
    vendor_thread, sent_at, read_at, replied_at, cancel_on_reply)
SELECT %(workspace)s, c.id, {_PUBLIC_ID.format("'message' || c.id || '.' || k")}, CASE WHEN incoming THEN 'in' ELSE 'out' END,
    CASE WHEN incoming THEN '' ELSE 'person' END, c.address, c.line_id,
    CASE WHEN k = 0 THEN c.preview WHEN (c.id + k) %% 100 = 0 THEN p.body || ' ref' || c.id ELSE p.body END,
    false, at, at, '', '{{}}', '',
    CASE WHEN incoming THEN 'received' WHEN k = 0 AND c.status = 'not_delivered' THEN 'failed'
         WHEN k = 0 AND c.status = 'draft' THEN 'draft' WHEN k = 0 AND c.status = 'scheduled' THEN 'queued' ELSE 'sent' END,
    CASE WHEN k = 0 THEN c.last_reason ELSE '' END, '', '', CASE WHEN c.status = 'scheduled'
    THEN now() + interval '9 years' ELSE at END,
    c.last_channel, CASE WHEN k = 0 AND c.fell_back AND NOT incoming THEN 'not_registered' ELSE '' END, '', 1, '', '',
    CASE WHEN NOT incoming AND (k > 0 OR c.status IN ('sent', 'read')) THEN at END,
    CASE WHEN NOT incoming AND k = 0 AND c.status = 'read' THEN at END,
    CASE WHEN NOT incoming AND k = 1 AND c.last_direction = 'in' THEN c.last_at END, false
FROM (
    SELECT c.*, k, c.last_at - k * interval '7 hours' AS at, (k %% 2 = 0) = (c.last_direction = 'in')
    AND (k < 2 OR k %% 3 = 0) AS incoming,
        floor(random() * {PHRASES})::int AS phrase
    FROM conversations_conversation c CROSS JOIN generate_series(0, %(each)s - 1) k
    WHERE c.workspace_id = %(workspace)s AND c.id BETWEEN %(first)s AND %(last)s
) c JOIN scale_phrases p ON p.place = c.phrase
"""  # noqa: S608  our own words; values are bound
