"""Availability checks over the simulated phone network: order, doubt, limits, lost workers, lines that are away."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from leads.actions import add_lead
from leads.addresses import normalise
from leads.checks import claiming, finding, order, places, recording, starting, working
from leads.checks.deciding import Result, Verdict, step
from leads.models import Address, CheckItem, CheckPace, CheckRun, Lead
from lines.models import Line
from tests.core import make_line, make_user, make_workspace
from tests.faults.phones import Phones, network
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)

A = Address.Availability


@pytest.fixture(scope="module")
def phones() -> Iterator[Phones]:
    with network() as up:
        yield up


@pytest.fixture
def line(phones: Phones) -> Line:
    return phones.line(make_workspace(), check_spacing=0)


def make_lead(workspace: Workspace, *values: str) -> Lead:
    return add_lead(workspace, name="Priya Raman", addresses=[normalise(value, region="US") for value in values])


def found(lead: Lead) -> dict[str, str]:
    return dict(Address.objects.filter(lead=lead).values_list("value", "availability"))


def run(*leads: Lead, kind: CheckRun.Kind = CheckRun.Kind.BULK) -> CheckRun:
    return starting.start(leads[0].workspace, [lead.pk for lead in leads], kind=kind, by=None)


def outcomes(made: CheckRun) -> list[str]:
    return list(CheckItem.objects.filter(run=made).order_by("pk").values_list("outcome", flat=True))


def test_addresses_are_asked_in_the_fixed_order_up_to_the_first_available(line: Line) -> None:
    phones = ["+12025550120", "+12025550121", "+12025550122", "+12025550123"]
    lead = make_lead(line.workspace, *phones, "p@example.com", "q@example.com")
    first = run(lead)
    working.drain()
    assert found(lead) == {
        **dict.fromkeys(phones, A.UNCHECKED),
        "+12025550120": A.UNAVAILABLE,
        "p@example.com": A.AVAILABLE,
        "q@example.com": A.UNCHECKED,
    }
    assert outcomes(first) == [A.AVAILABLE]


def test_the_order_of_all_eight() -> None:
    kinds = [(Address.Kind.EMAIL, rank) for rank in (3, 2, 1, 0)] + [(Address.Kind.PHONE, rank) for rank in (3, 0, 2, 1)]
    ordered = order.in_order([Address(kind=kind, rank=rank) for kind, rank in kinds])
    assert [f"{one.kind}{one.rank}" for one in ordered] == [
        "phone0", "email0", "phone1", "phone2", "phone3", "email1", "email2", "email3",
    ]  # fmt: skip


def test_a_doubtful_no_is_asked_again_before_it_counts(line: Line) -> None:
    flaky, really_not = make_lead(line.workspace, "+12025550134"), make_lead(line.workspace, "+12025550124")
    made = run(flaky, really_not)
    working.drain()
    assert outcomes(made) == [A.AVAILABLE, A.UNAVAILABLE]
    assert CheckPace.objects.get(line=line).used == 4


def test_every_kind_of_answer_leads_on_as_the_ruling_says() -> None:
    def after(verdict: Verdict, *, asks: int = 0, left: int = 0, failed: bool = False, fault: bool = False) -> str:
        made = step(Result(1, timezone.now(), "x", verdict, line_fault=fault), CheckItem(asks=asks, failed=failed), left)
        return f"{made.state} {made.outcome} {made.availability}"

    assert after("available", left=3, failed=True) == "done available available"
    assert after("doubtful", left=1) == "queued  "
    assert after("doubtful", asks=1, left=1) == "queued  unavailable"
    assert after("doubtful", asks=1) == "done unavailable unavailable"
    assert after("unavailable") == "done unavailable unavailable"
    assert after("unavailable", failed=True) == "done error unavailable"
    assert after("error") == "queued  "
    assert after("error", asks=1, left=2) == "queued  error"
    assert after("error", asks=1) == "done error error"
    assert after("error", asks=1, left=2, fault=True) == "done error error"


def test_a_line_asks_one_at_a_time_and_keeps_its_spacing(phones: Phones) -> None:
    line = phones.line(make_workspace(), check_spacing=1)
    leads = [make_lead(line.workspace, f"+120255501{n:02d}") for n in range(3)]
    began = time.monotonic()
    made = run(*leads)
    working.drain()
    assert outcomes(made) == [A.AVAILABLE] * 3
    assert 2.0 <= time.monotonic() - began < 4.0


def test_a_day_has_only_so_many_checks_also_under_racing_workers(line: Line) -> None:
    Line.objects.filter(pk=line.pk).update(daily_check_limit=5)
    made = run(*[make_lead(line.workspace, f"+120255501{n:02d}") for n in range(12)])
    threads = [threading.Thread(target=drained) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes(made)) == [""] * 7 + [A.AVAILABLE] * 5
    assert CheckPace.objects.get(line=line).used == 5
    CheckPace.objects.update(day=timezone.now().date() - timedelta(days=1))
    working.drain()
    assert outcomes(made).count(A.AVAILABLE) == 10


def drained() -> None:
    try:
        working.drain()
    finally:
        connection.close()


def test_a_line_that_asks_takes_more_before_it_runs_out_within_its_day_and_from_nobody_else(line: Line) -> None:
    Line.objects.filter(pk=line.pk).update(daily_check_limit=6)
    run(*[make_lead(line.workspace, f"+120255501{n:02d}") for n in range(12)])
    places.know_lines()
    (batch,) = claiming.claim(8, first=True)
    (more,) = claiming.claim(8, growing=[batch])
    batch.grow(more)
    assert len(batch.asks) == len({ask.item_id for ask in batch.asks}) == 6
    assert CheckPace.objects.get(line=line).used == 6
    assert CheckPace.objects.get(line=line).busy_until == batch.lease == more.lease
    assert claiming.claim(8, growing=[batch]) == [], "the day is used up"
    Line.objects.filter(pk=line.pk).update(daily_check_limit=100)
    lost = claiming.Batch(line, batch.asks[0].lease)
    assert claiming.claim(8, growing=[lost]) == [], "a lease that is not the line's any more takes nothing"


def test_lines_of_a_workspace_share_the_work(phones: Phones) -> None:
    workspace = make_workspace()
    both = [phones.line(workspace, name, check_spacing=0, daily_check_limit=6) for name in ("line1", "line2")]
    made = run(*[make_lead(workspace, f"+120255501{n:02d}") for n in range(12)])
    working.drain()
    assert outcomes(made) == [A.AVAILABLE] * 12
    assert [CheckPace.objects.get(line=one).used for one in both] == [6, 6]


def test_without_an_active_line_every_check_says_so_at_once(line: Line) -> None:
    Line.objects.update(status=Line.Status.PAUSED)
    lead = make_lead(line.workspace, "+12025550101")
    assert outcomes(run(lead)) == [A.NO_ACTIVE_LINE]
    assert found(lead) == {"+12025550101": A.NO_ACTIVE_LINE}


def test_what_waits_when_the_last_line_goes_ends_and_is_taken_up_when_one_is_back(line: Line) -> None:
    lead, known = make_lead(line.workspace, "+12025550101"), make_lead(line.workspace, "+12025550102")
    Address.objects.filter(lead=known).update(availability=A.AVAILABLE, checked_at=timezone.now() - timedelta(days=90))
    made = run(lead, known)
    Line.objects.update(status=Line.Status.DISCONNECTED, status_at=timezone.now())
    working.drain()
    assert outcomes(made) == ["", ""], "a line that is away for seconds ends nothing"
    Line.objects.update(status_at=timezone.now() - timedelta(minutes=2))
    working.drain()
    assert outcomes(made) == [A.NO_ACTIVE_LINE] * 2
    assert found(known) == {"+12025550102": A.AVAILABLE}, "an old answer stays"
    finding.take_up_unchecked()
    assert CheckItem.objects.filter(state=CheckItem.State.QUEUED).count() == 0
    Line.objects.update(status=Line.Status.ACTIVE)
    finding.take_up_unchecked()
    working.drain()
    assert found(lead) == {"+12025550101": A.AVAILABLE}


def test_new_leads_are_checked_by_themselves_and_once(line: Line) -> None:
    make_lead(line.workspace, "+12025550101")
    assert finding.enqueue_unchecked(line.workspace_id)
    assert finding.enqueue_unchecked(line.workspace_id) is None
    working.drain()
    assert finding.enqueue_unchecked(line.workspace_id) is None
    assert CheckItem.objects.count() == 1


def test_asking_again_for_a_lead_that_waits_makes_it_more_urgent_and_not_double(line: Line) -> None:
    lead = make_lead(line.workspace, "+12025550101")
    run(lead)
    again = run(lead)
    assert (again.total, again.already) == (0, 1)
    item = starting.check_one(lead, by=None)
    assert (CheckItem.objects.count(), item.priority) == (1, CheckItem.Priority.NOW)


def test_leads_of_another_workspace_are_not_checked(line: Line) -> None:
    strange = make_lead(make_workspace(), "+12025550101")
    assert starting.start(line.workspace, [strange.pk], kind=CheckRun.Kind.BULK, by=None).total == 0


def test_a_server_that_cannot_be_reached_ends_as_an_error_that_says_so() -> None:
    line = make_line(make_workspace(), server_url="http://127.0.0.1:9", check_spacing=0)
    lead = make_lead(line.workspace, "+12025550101", "+12025550102")
    made = run(lead)
    for _ in range(2):
        CheckItem.objects.update(run_at=timezone.now())
        working.drain()
    assert found(lead) == {"+12025550101": A.ERROR, "+12025550102": A.UNCHECKED}
    assert outcomes(made) == [A.ERROR]
    item = CheckItem.objects.get()
    assert item.reason.startswith("Line 1: ")
    pace = CheckPace.objects.get()
    assert pace.failures == 2
    assert pace.next_at > timezone.now() + timedelta(seconds=3), "the line rests before it is asked again"


def test_a_check_whose_worker_died_is_made_again_and_twice_lost_ends_as_an_error(line: Line) -> None:
    lead = make_lead(line.workspace, "+12025550101")
    made = run(lead)
    places.know_lines()
    for losses in (1, 2):
        (batch,) = claiming.claim(8)
        assert found(lead) == {"+12025550101": A.CHECKING}
        assert claiming.claim(8) == [], "the line is held until the lease ends"
        long_ago = timezone.now() - timedelta(minutes=10)
        CheckItem.objects.update(lease_until=long_ago)
        CheckPace.objects.update(busy_until=long_ago)
        recording.end_lost()
        assert CheckItem.objects.get().losses == losses
    assert outcomes(made) == [A.ERROR]
    assert found(lead) == {"+12025550101": A.ERROR}
    late = Result(batch.asks[0].item_id, batch.lease, "+12025550101", "available")
    assert recording.record([late]) == 0, "an answer that comes after all changes nothing"


def test_somebody_before_the_screen_is_not_kept_waiting_for_ever(line: Line) -> None:
    lead = make_lead(line.workspace, "+12025550101")
    Line.objects.update(daily_check_limit=0)
    starting.check_one(lead, by=None)
    CheckItem.objects.update(created_at=timezone.now() - timedelta(minutes=3))
    working.drain()
    item = CheckItem.objects.get()
    assert (item.outcome, item.reason[:27]) == (A.ERROR, "Today’s availability checks")
    assert found(lead) == {"+12025550101": A.ERROR}


def test_a_lead_without_an_address_ends_and_says_why(line: Line) -> None:
    made = run(make_lead(line.workspace))
    working.drain()
    assert outcomes(made) == [A.ERROR]
    assert "no phone number" in CheckItem.objects.get().reason


def test_the_urgent_overtakes_a_long_check(line: Line) -> None:
    Line.objects.update(daily_check_limit=1)
    run(*[make_lead(line.workspace, f"+120255501{n:02d}") for n in range(4)])
    urgent = make_lead(line.workspace, "+12025550110")
    starting.check_one(urgent, by=None)
    working.drain()
    assert found(urgent) == {"+12025550110": A.AVAILABLE}


def test_cancelling_leaves_out_what_was_not_asked(line: Line) -> None:
    leads = [make_lead(line.workspace, f"+120255501{n:02d}") for n in range(3)]
    made = run(*leads)
    assert starting.cancel(made, by=make_user(line.workspace)) == 3
    working.drain()
    assert outcomes(made) == [""] * 3
    assert found(leads[0]) == {"+12025550100": A.UNCHECKED}


def test_old_results_are_checked_again_where_the_workspace_wants_it(line: Line) -> None:
    lead, fresh = make_lead(line.workspace, "+12025550101"), make_lead(line.workspace, "+12025550102")
    Address.objects.filter(lead=lead).update(availability=A.UNAVAILABLE, checked_at=timezone.now() - timedelta(days=8))
    Address.objects.filter(lead=fresh).update(availability=A.UNAVAILABLE, checked_at=timezone.now() - timedelta(days=2))
    assert finding.recheck_stale() == 0
    Workspace.objects.filter(pk=line.workspace_id).update(recheck_availability="week")
    assert finding.recheck_stale() == 1
    working.drain()
    assert found(lead) == {"+12025550101": A.AVAILABLE}
    assert found(fresh) == {"+12025550102": A.UNAVAILABLE}


def test_check_now_needs_no_worker(line: Line) -> None:
    item = starting.start_address(line.workspace, "+12025550130", kind=CheckRun.Kind.SEND)
    assert working.check_now(item.pk, 10).outcome == A.AVAILABLE
