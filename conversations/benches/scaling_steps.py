"""Campaign steps for a workspace that `conversations.benches.scaling` has filled: what the Console and the reports are measured on.

Every conversation of a campaign gets an enrolment and five executions, and its outgoing messages become those of the
message steps. States agree with one another as far as pages read them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from campaigns.models import Campaign, Enrolment, Execution, Node, Version
from campaigns.vocabulary import EnrolmentState, ExecutionState, NodeKind, Source
from conversations.models import Conversation
from workspaces.models import Workspace

BATCH: Final = 5_000  # enrolments
STEPS: Final = (
    ("Intro iMessage", NodeKind.IMESSAGE),
    ("Wait 2 days", NodeKind.WAIT),
    ("Follow-up iMessage", NodeKind.IMESSAGE),
    ("Wait 3 days", NodeKind.WAIT),
    ("Final iMessage", NodeKind.IMESSAGE),
)

# The oldest outgoing messages of a conversation, in turn, become those of its message steps.
_LINK: Final = """
UPDATE conversations_message m SET execution_id = x.id, origin = 'campaign'
FROM (
    SELECT m.id AS message_id, c.lead_id, c.campaign_id, row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.at) AS place
    FROM conversations_message m JOIN conversations_conversation c ON c.id = m.conversation_id
    WHERE c.workspace_id = %(workspace)s AND c.id BETWEEN %(first)s AND %(last)s AND c.campaign_id IS NOT NULL
      AND m.direction = 'out' AND m.execution_id IS NULL
) k
JOIN campaigns_enrolment e ON e.lead_id = k.lead_id AND e.campaign_id = k.campaign_id
JOIN LATERAL (
    SELECT x.id, row_number() OVER (ORDER BY x.id) AS place FROM campaigns_execution x
    JOIN campaigns_node n ON n.id = x.node_id WHERE x.enrolment_id = e.id AND n.kind = 'imessage'
) x ON x.place = k.place
WHERE m.id = k.message_id
"""


def fill(workspace: Workspace, *, tell: Callable[[str], None] = lambda text: None) -> int:
    """Enrol everybody whose conversation has a campaign; how many executions were made."""
    nodes = {campaign.pk: _nodes(campaign) for campaign in Campaign.objects.of(workspace)}
    rows = Conversation.objects.of(workspace).filter(campaign__isnull=False, lead__isnull=False).order_by("pk")
    found = iter(rows.values_list("pk", "lead", "campaign", "line", "last_at").iterator(chunk_size=BATCH))
    chance, made = random.Random(7), 0  # noqa: S311  reproducible, not secret
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        while batch := list(islice(found, BATCH)):
            with transaction.atomic():
                made += _enrol(workspace, batch, nodes, chance)
                cursor.execute(_LINK, {"workspace": workspace.pk, "first": batch[0][0], "last": batch[-1][0]})
            tell(f"{made:,} executions")
    return made


def _nodes(campaign: Campaign) -> list[Node]:
    version = Version.objects.create(
        workspace_id=campaign.workspace_id, campaign=campaign, number=1, published_at=campaign.created_at
    )
    Campaign.objects.filter(pk=campaign.pk).update(version=version)
    return [
        Node.objects.create(
            workspace_id=campaign.workspace_id, version=version, key=f"n{place}", kind=kind, name=name, position=place
        )
        for place, (name, kind) in enumerate(STEPS)
    ]


def _enrol(workspace: Workspace, batch: list[Any], nodes: dict[int, list[Node]], chance: random.Random) -> int:
    enrolments = [
        Enrolment(
            workspace=workspace,
            campaign_id=campaign,
            version_id=nodes[campaign][0].version_id,
            lead_id=lead,
            line_id=line,
            state=EnrolmentState.COMPLETED,
            source=Source.FILTER,
            created_at=last - timedelta(days=9),
        )
        for _, lead, campaign, line, last in batch
    ]
    Enrolment.objects.bulk_create(enrolments)
    steps = [
        step
        for enrolment, (_, _, campaign, line, last) in zip(enrolments, batch, strict=True)
        for step in _steps(enrolment, nodes[campaign], line, last, chance)
    ]
    Execution.objects.bulk_create(steps, batch_size=BATCH)
    return len(steps)


def _steps(enrolment: Enrolment, nodes: list[Node], line: int, last: datetime, chance: random.Random) -> Iterator[Execution]:
    for place, node in enumerate(nodes):
        at = last - timedelta(hours=7 * (len(nodes) - 1 - place))
        state = chance.choices(list(ExecutionState), (8, 2, 80, 3, 7))[0]
        later = state in (ExecutionState.WAITING, ExecutionState.PENDING)
        yield Execution(
            workspace_id=enrolment.workspace_id,
            enrolment=enrolment,
            campaign_id=enrolment.campaign_id,
            node=node,
            state=state,
            line_id=line,
            at=at,
            created_at=at,
            # Far off: nobody is to take it up while pages are measured.
            due_at=timezone.now() + timedelta(days=900 + place) if later else at,
            handed_at=at,
            variant="AB"[enrolment.pk % 2] if node.kind == NodeKind.IMESSAGE else "",
            why="Replied before the step was due" if state == ExecutionState.SKIPPED else "",
        )
