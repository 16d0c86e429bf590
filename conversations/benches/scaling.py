"""A workspace of any size for measuring: people, companies, campaigns, conversations and messages, made by the database.

Rows are made in batches by `generate_series`, each batch a transaction, and agree with one another: a conversation's columns
say what its messages say. Words follow Zipf's law over 20 000 words, with a few known ones in known shares (`SHARES`), and every
hundredth message holds a word of its own.
"""

from __future__ import annotations

import contextlib
import itertools
import random
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import connection, transaction
from psycopg import sql

from campaigns.models import Campaign
from conversations.inbox import upkeep
from conversations.reports import tallies
from lines.actions import add_line
from lines.models import Line
from workspaces.models import Workspace

BATCH: Final = 25_000  # conversations
PHRASES: Final = 20_000
SHARES: Final = {"pricing": 0.01, "meeting": 0.03, "quarter": 0.1, "zanzibar": 0.0001, "ultramarine": 0.00005}
"""How many of the messages hold these words."""

COMPANY_OF: Final = 20  # conversations
CAMPAIGNS: Final = 40
LINES: Final = 4
DAYS: Final = 365

_PUBLIC_ID: Final = "translate(left(encode(decode(md5({0}), 'hex'), 'base64'), 12), '+/', '-_')"

_COMPANIES: Final = f"""
INSERT INTO leads_company (workspace_id, public_id, name, website, industry, icp, icp_match, status, status_note, created_at)
SELECT %(workspace)s, {_PUBLIC_ID.format("'company' || n")},
    (ARRAY['Ledger','Fathom','Corvid','Bright','Harrow','Aperture','Olivar','Pallet'])[1 + n %% 8] || ' '
    || (ARRAY['Freight','Health','Foods','Labs','Partners','Grid','Systems','Retail'])[1 + n / 8 %% 8] || ' ' || n,
    '', '', 'Ops-heavy 200+', n %% 3 = 0, CASE WHEN n %% 200 = 0 THEN 'excluded' ELSE 'active' END, '', now()
FROM generate_series(1, %(companies)s) n ON CONFLICT DO NOTHING
"""  # noqa: S608  our own words

_LEADS: Final = f"""
INSERT INTO leads_lead (workspace_id, public_id, name, title, company_id, persona, persona_match, status,
    status_note, time_zone, created_at)
SELECT %(workspace)s, {_PUBLIC_ID.format("'lead' || n")},
    (ARRAY['Priya','Marcus','Dana','Elif','Tom','Jin','Sofia','Noor','Leo','Ana'])[1 + n %% 10] || ' '
    || (ARRAY['Raman','Oyelaran','Whitfield','Kaya','Beckett','Park','Marin','Haddad','Brandt','Silva'])
        [1 + n / 10 %% 10] || ' ' || n,
    'VP Finance', f.id, 'Finance leader', n %% 4 = 0, CASE WHEN n %% 500 = 0 THEN 'excluded' ELSE 'active' END, '', '', now()
FROM generate_series(%(first)s, %(last)s) n JOIN scale_companies f ON f.place = n %% %(companies)s
"""  # noqa: S608  our own words

# One draw of chance for each question, so that shares multiply as they do in life.
_CONVERSATIONS: Final = f"""
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
"""  # noqa: S608  our own words

_MESSAGES: Final = f"""
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
"""  # noqa: S608  our own words


def fill(workspace: Workspace, conversations: int, each: int, *, tell: Callable[[str], None] = lambda text: None) -> None:
    """Add `conversations` conversations of `each` messages to a workspace that has none."""
    companies = max(1, conversations // COMPANY_OF)
    _lines(workspace)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET idle_in_transaction_session_timeout = 0")
        _phrases(cursor)
        values = {"workspace": workspace.pk, "companies": companies, "campaigns": CAMPAIGNS, "each": each}
        with transaction.atomic():
            cursor.execute(_COMPANIES, values)
            _campaigns(workspace)
        _number(cursor, "companies", "leads_company", workspace)
        _number(cursor, "campaigns", "campaigns_campaign", workspace)
        _number(cursor, "lines", "lines_line", workspace)
        for first in range(1, conversations + 1, BATCH):
            last = min(conversations, first + BATCH - 1)
            with transaction.atomic():
                _batch(cursor, {**values, "first": first, "last": last})
            tell(f"{last:,} of {conversations:,} conversations")
        for name in ("phrases", "companies", "campaigns", "lines", "leads"):
            cursor.execute(f"DROP TABLE IF EXISTS scale_{name}")


def _batch(cursor: Any, values: dict[str, Any]) -> None:
    """Leads, their conversations, and those's messages."""
    cursor.execute(_LEADS + " RETURNING id, company_id, name", values)
    made = cursor.fetchall()
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS scale_leads (place int, id bigint, company_id bigint, name text)")
    cursor.execute("DELETE FROM scale_leads")
    with cursor.copy("COPY scale_leads (place, id, company_id, name) FROM STDIN") as copy:
        for n, row in enumerate(made, start=values["first"]):
            copy.write_row((n, *row))
    cursor.execute(_CONVERSATIONS + " RETURNING id", values)
    ids = [row[0] for row in cursor.fetchall()]
    cursor.execute(_MESSAGES, {**values, "first": min(ids), "last": max(ids)})


def _lines(workspace: Workspace) -> None:
    """Lines that lead nowhere and send nothing."""
    for n in range(Line.objects.of(workspace).count(), LINES):
        address = f"+1303555{workspace.pk % 1000:03}{n}"
        add_line(workspace, name=f"Line {n}", address=address, server_url="http://127.0.0.1:9", secret="none", by=None)  # noqa: S106  leads nowhere
    Line.objects.of(workspace).update(status=Line.Status.PAUSED)


def _campaigns(workspace: Workspace) -> None:
    have = Campaign.objects.of(workspace).count()
    Campaign.objects.bulk_create(Campaign(workspace=workspace, name=f"Campaign {n}") for n in range(have, CAMPAIGNS))


def _number(cursor: Any, name: str, table: str, workspace: Workspace) -> None:
    """A temporary table of a table's rows with numbers from 0 on."""
    columns = "id, name" if name == "campaigns" else "id"
    cursor.execute(f"DROP TABLE IF EXISTS scale_{name}")
    cursor.execute(
        f"CREATE TEMP TABLE scale_{name} AS SELECT (row_number() OVER (ORDER BY id) - 1)::int AS place, {columns}"  # noqa: S608
        f" FROM {table} WHERE workspace_id = %s",
        [workspace.pk],
    )


def _phrases(cursor: Any) -> None:
    """Messages to draw from; the same each time."""
    chance = random.Random(7)  # noqa: S311  reproducible, not secret
    words = [f"{chance.choice('bdfgklmnprst')}{chance.choice('aeiou')}{chance.choice('bdklmnrst')}{n:x}" for n in range(20_000)]
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(words) + 1)))
    cursor.execute("DROP TABLE IF EXISTS scale_phrases")
    cursor.execute("CREATE TEMP TABLE scale_phrases (place int PRIMARY KEY, body text)")
    with cursor.copy("COPY scale_phrases (place, body) FROM STDIN") as copy:
        for n in range(PHRASES):
            body = chance.choices(words, cum_weights=weights, k=chance.randint(6, 20))
            body += [word for word, share in SHARES.items() if n % max(1, round(1 / share)) == 3]
            chance.shuffle(body)
            copy.write_row((n, " ".join(body)))
    cursor.execute("ANALYZE scale_phrases")


TABLES: Final = (
    "conversations_conversation", "conversations_message", "conversations_facet", "leads_lead", "leads_company",
    "campaigns_campaign", "campaigns_enrolment", "campaigns_execution", "conversations_tally", "conversations_tallyentry",
)  # fmt: skip


def settle() -> None:
    """Add up the counts; renew statistics and the visibility map as the owner, where its address is known (else autovacuum
    does it in time)."""
    while upkeep.squash():
        pass
    while tallies.fold():
        pass
    with contextlib.suppress(psycopg.Error), psycopg.connect(settings.MIGRATION_DATABASE_URL, autocommit=True) as owner:
        owner.execute("SET statement_timeout = 0")
        for table in TABLES:
            owner.execute(sql.SQL("VACUUM (ANALYZE) {}").format(sql.Identifier(table)))
