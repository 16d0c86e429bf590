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
from conversations.benches import scaling_rows as rows
from conversations.inbox import upkeep
from conversations.reports import tallies
from lines.actions import add_line
from lines.models import Line
from workspaces.models import Workspace

BATCH: Final = 25_000  # conversations
SHARES: Final = {"pricing": 0.01, "meeting": 0.03, "quarter": 0.1, "zanzibar": 0.0001, "ultramarine": 0.00005}
"""How many of the messages hold these words."""

COMPANY_OF: Final = 20  # conversations
CAMPAIGNS: Final = 40


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
            cursor.execute(rows.COMPANIES, values)
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
    cursor.execute(rows.LEADS + " RETURNING id, company_id, name", values)
    made = cursor.fetchall()
    cursor.execute("CREATE TEMP TABLE IF NOT EXISTS scale_leads (place int, id bigint, company_id bigint, name text)")
    cursor.execute("DELETE FROM scale_leads")
    with cursor.copy("COPY scale_leads (place, id, company_id, name) FROM STDIN") as copy:
        for n, row in enumerate(made, start=values["first"]):
            copy.write_row((n, *row))
    cursor.execute(rows.CONVERSATIONS + " RETURNING id", values)
    ids = [row[0] for row in cursor.fetchall()]
    cursor.execute(rows.MESSAGES, {**values, "first": min(ids), "last": max(ids)})


def _lines(workspace: Workspace) -> None:
    """Lines that lead nowhere and send nothing."""
    for n in range(Line.objects.of(workspace).count(), rows.LINES):
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
        f"CREATE TEMP TABLE scale_{name} AS SELECT (row_number() OVER (ORDER BY id) - 1)::int AS place, {columns}"  # noqa: S608  our own words; values are bound
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
        for n in range(rows.PHRASES):
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
