"""Who is in a campaign, and where each stands: the table on a campaign's page. Keyset pages; no query per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, Q, QuerySet

from campaigns.models import Campaign, Enrolment, Execution, Node
from campaigns.vocabulary import MESSAGES, OPEN, UNDER_WAY, EnrolmentState, ExecutionState, StopReason
from leads import search
from leads.models import Address, Lead
from workspaces import paging
from workspaces.access import no_such_page
from workspaces.models import Workspace

SIZE: Final = 50
MOST_CHECKED: Final = 50_000

S, R = EnrolmentState, StopReason


@dataclass(frozen=True, slots=True)
class Standing:
    """How a lead can stand in a campaign, as the table's filter has it; `which` selects the enrolments."""

    key: str
    words: str
    tone: str
    which: Q


_ALL: Final = (
    Standing("active", "Under way", "acc", Q(state=S.ACTIVE)),
    Standing("paused", "Paused", "neu", Q(state=S.PAUSED)),
    Standing("replied", "Replied", "pos", Q(state=S.STOPPED, stop_reason=R.REPLIED)),
    Standing("failed", "Not delivered", "neg", Q(state=S.STOPPED, stop_reason=R.FAILED)),
    Standing("opted_out", "Opted out", "neg", Q(state=S.STOPPED, stop_reason=R.OPTED_OUT)),
    Standing("completed", "Finished", "", Q(state=S.COMPLETED)),
    Standing("stopped", "Stopped", "", Q(state=S.STOPPED) & ~Q(stop_reason__in=[R.REPLIED, R.FAILED, R.OPTED_OUT])),
)
STANDINGS: Final = {one.key: one for one in _ALL}


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table. `number` counts the messages of the workflow, as the page of the campaign does."""

    enrolment: Enrolment
    lead: Lead
    number: int | None
    step: str
    happened: str
    next_at: datetime | None
    state: str
    tone: str
    executions: list[Execution]

    @property
    def messages(self) -> list[str]:
        """Public ids of the visits to message nodes, newest first: what became of each is told by conversations."""
        return [one.public_id for one in self.executions if one.node.kind in MESSAGES and one.handed_at]


def people(campaign: Campaign, data: Mapping[str, str]) -> paging.Page[Person]:
    """A page of the enrolled leads, newest first: ?standing= one of STANDINGS, ?q= a lead or company."""
    rows = _narrowed(campaign, data).select_related("lead", "lead__company", "line")
    page = paging.by_number(rows, data.get("after", ""), SIZE, of=f"enrolments:{campaign.pk}", newest_first=True)
    return paging.Page(_drawn(campaign.workspace, page.rows), page.following)


def counts(campaign: Campaign) -> dict[Standing, int]:
    """How many leads have each standing that anybody has, in one query."""
    rows = Enrolment.objects.filter(campaign=campaign).order_by()
    found = rows.aggregate(**{one.key: Count("pk", filter=one.which) for one in _ALL})
    return {one: found[one.key] for one in _ALL if found[one.key]}


def under_way(campaign: Campaign) -> int:
    """How many leads are in it and neither through nor stopped."""
    return Enrolment.objects.filter(campaign=campaign, state__in=UNDER_WAY).count()


def enrolment_of(workspace: Workspace, public_id: str) -> Enrolment:
    """One enrolment. Raises Http404."""
    rows = Enrolment.objects.of(workspace).select_related("workspace", "campaign", "lead")
    return rows.filter(public_id=public_id).first() or no_such_page()


def unchecked(campaign: Campaign) -> list[int]:
    """Leads that have not begun and have an address nobody asked about; at most MOST_CHECKED."""
    waiting = Enrolment.objects.filter(campaign=campaign, state=S.ACTIVE, begun_at=None)
    asked = Address.objects.of(campaign.workspace).filter(availability=Address.Availability.UNCHECKED)
    rows = waiting.filter(lead__in=asked.values("lead")).order_by("pk")
    return list(rows.values_list("lead_id", flat=True)[:MOST_CHECKED])


def _narrowed(campaign: Campaign, data: Mapping[str, str]) -> QuerySet[Enrolment]:
    rows = Enrolment.objects.filter(campaign=campaign)
    if standing := STANDINGS.get(data.get("standing", "")):
        rows = rows.filter(standing.which)
    if text := data.get("q", "").strip()[:200]:
        found = search.search(Lead.objects.of(campaign.workspace), campaign.workspace, text)
        rows = rows.filter(lead__in=found.order_by().values("pk"))
    return rows


def _drawn(workspace: Workspace, rows: Sequence[Enrolment]) -> list[Person]:
    visits: dict[int, list[Execution]] = {row.pk: [] for row in rows}
    for visit in Execution.objects.of(workspace).filter(enrolment__in=rows).select_related("node").order_by("-pk"):
        visits[visit.enrolment_id].append(visit)
    numbers = message_numbers(workspace, {row.version_id for row in rows if row.version_id})
    return [_person(row, visits[row.pk], numbers) for row in rows]


def message_numbers(workspace: Workspace, versions: set[int]) -> dict[int, int]:
    """{node id: which message of its version it is, from 1}, in one query."""
    nodes = list(Node.objects.of(workspace).filter(version__in=versions).order_by("version", "position", "pk"))
    below: dict[tuple[int, int | None], list[Node]] = {}
    for node in nodes:
        below.setdefault((node.version_id, node.parent_id), []).append(node)
    found: dict[int, int] = {}
    for version in versions:
        count = 0
        stack = list(reversed(below.get((version, None), [])))
        while stack:
            node = stack.pop()
            if node.kind in MESSAGES:
                count += 1
                found[node.pk] = count
            arms = sorted(below.get((version, node.pk), []), key=lambda one: (one.arm != "yes", one.position))
            stack += reversed(arms)
    return found


def _person(row: Enrolment, visits: list[Execution], numbers: dict[int, int]) -> Person:
    open_ = next((one for one in visits if one.state in OPEN), None)
    done = next((one for one in visits if one.state not in OPEN and one.state != ExecutionState.SKIPPED), None)
    last = next((one for one in visits if one.node.kind in MESSAGES and one.state != ExecutionState.SKIPPED), None)
    shown = last or done or open_
    words, tone = _state(row, open_)
    return Person(
        enrolment=row,
        lead=row.lead,
        number=numbers.get(shown.node_id) if shown else None,
        step=shown.node.name if shown else "",
        happened=_happened(row, open_, done),
        next_at=open_.due_at if open_ and row.state in UNDER_WAY else None,
        state=words,
        tone=tone,
        executions=visits,
    )


def _state(row: Enrolment, open_: Execution | None) -> tuple[str, str]:
    """The chip: what the lead is at, in a word or two."""
    if row.state == S.STOPPED:
        standing = STANDINGS.get(row.stop_reason, STANDINGS["stopped"])
        return standing.words, standing.tone
    if row.state == S.ACTIVE and open_ is None:
        return ("Not begun", "") if row.begun_at is None else ("Under way", "acc")
    if row.state == S.ACTIVE and open_:
        return ("Scheduled" if open_.handed_at or open_.state == ExecutionState.PENDING else "Waiting", "acc")
    standing = STANDINGS[row.state]
    return standing.words, standing.tone


def _happened(row: Enrolment, open_: Execution | None, done: Execution | None) -> str:
    """What is known down here; what became of a message is put in its place by the page (conversations)."""
    if row.state == S.STOPPED:
        return row.stop_detail or str(StopReason(row.stop_reason).label)
    if open_ and open_.why:
        return open_.why
    if done:
        return done.why or done.get_state_display()
    return "Begins when the campaign takes it up" if row.begun_at is None else ""
