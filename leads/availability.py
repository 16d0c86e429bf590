"""Whether a lead has iMessage, as last checked, and how pages show it.

A lead is available if one of its addresses is; unavailable only if every one said no (R7).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils import timezone

from leads.checks import overdue
from leads.checks.order import in_order
from leads.models import Address, CheckItem, Lead

State = Address.Availability


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page says about a lead: one of the five states in icon and word (S3-12), or that nobody asked yet.

    `detail` says what stands behind it and what helps; `open` that it changes by itself; `retry` that asking again is offered.
    """

    state: State
    word: str
    icon: str
    tone: str = ""
    detail: str = ""
    open: bool = False
    retry: bool = False


_LOOKS: Final[dict[str, tuple[str, str, str]]] = {
    State.UNCHECKED: ("Not checked", "unchecked", ""),
    State.AVAILABLE: ("Available", "available", "acc"),
    State.UNAVAILABLE: ("Unavailable", "unavailable", ""),
    State.CHECKING: ("Checking", "retry", ""),
    State.ERROR: ("Error", "failed", "neu"),
    State.NO_ACTIVE_LINE: ("No active line", "no-line", "neu"),
}

ERROR_HELP: Final = "Verify the line’s Server URL and that the server can be reached, then check again."
NO_LINE_HELP: Final = "Configure a line first: an active line under Settings → Lines."
HANGS_HELP: Final = "Reload the page; if it still hangs, look at the status of the line’s server."


def state_of(addresses: Iterable[Address]) -> State:
    """The lead's state from those of its addresses (R7)."""
    found = [State(one.availability) for one in addresses]
    for state in (State.AVAILABLE, State.CHECKING, State.NO_ACTIVE_LINE, State.ERROR):
        if state in found:
            return state
    return State.UNAVAILABLE if found and all(state == State.UNAVAILABLE for state in found) else State.UNCHECKED


def shown_of(lead: Lead) -> Shown:
    """What the lead's row says. Reads `lead.addresses` and the lead's newest check."""
    return shown_of_many([lead])[lead.pk]


def shown_of_many(leads: Iterable[Lead]) -> dict[int, Shown]:
    """The same for the rows of a list, in one query beside their prefetched addresses: {lead id: shown}."""
    leads = list(leads)
    if not leads:
        return {}
    newest: dict[int, CheckItem] = {}
    items = (
        CheckItem.objects.filter(workspace_id=leads[0].workspace_id, lead__in=leads)
        .select_related("line", "run")
        .order_by("lead", "-pk")
        .distinct("lead")
    )
    for item in items:
        newest[item.lead_id or 0] = item
    return {lead.pk: _shown(list(lead.addresses.all()), newest.get(lead.pk)) for lead in leads}


def _shown(addresses: list[Address], item: CheckItem | None) -> Shown:
    state, detail = state_of(addresses), ""
    if item and item.state in CheckItem.OPEN:
        if _hangs(item):
            return look(State.ERROR, f"It should have ended by now. {HANGS_HELP}", retry=True)
        return look(State.CHECKING, _where(item), open=True)
    if state == State.CHECKING:  # its check ended without it: somebody cancelled
        state = State.UNCHECKED
    if item and item.state == CheckItem.State.DONE and item.outcome == State.ERROR and state != State.AVAILABLE:
        state, detail = State.ERROR, item.reason
    match state:
        case State.AVAILABLE:
            first = next(one for one in in_order(addresses) if one.availability == State.AVAILABLE)
            return look(state, first.value)
        case State.ERROR:
            return look(state, f"{detail} {ERROR_HELP}".strip(), retry=True)
        case State.NO_ACTIVE_LINE:
            return look(state, NO_LINE_HELP, retry=True)
        case _:
            return look(state)


def look(state: State, detail: str = "", *, open: bool = False, retry: bool = False) -> Shown:
    word, icon, tone = _LOOKS[state]
    return Shown(state, word, icon, tone, detail, open, retry)


def _where(item: CheckItem) -> str:
    if item.state == CheckItem.State.ASKING and item.line:
        return f"{item.line} asks about {item.value}"
    return "Waits for its turn"


def _hangs(item: CheckItem) -> bool:
    """Somebody waited longer than the product does, and no worker has ended it."""
    waited = (
        item.priority == CheckItem.Priority.NOW and item.run.total == 1 and timezone.now() - item.created_at > 2 * overdue.PATIENCE
    )
    lost = item.lease_until is not None and timezone.now() - item.lease_until > overdue.PATIENCE
    return waited or lost
