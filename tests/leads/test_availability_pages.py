"""What pages say about availability: states, progress, when it will be done, and what to do about errors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from leads import availability
from leads.actions import add_lead
from leads.addresses import normalise
from leads.checks import estimate, places, progress, starting, working
from leads.checks.estimate import Budget, budgets_of, when_done
from leads.models import Address, CheckItem, CheckPace, CheckRun, Lead
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_line
from tests.faults.phones import Phones, network
from workspaces.models import User, Workspace

A = Address.Availability
NEW_YORK = ZoneInfo("America/New_York")


def lead_at(workspace: Workspace, *numbers: str) -> Lead:
    return add_lead(workspace, name="Priya Raman", addresses=[normalise(one, region="US") for one in numbers])


class TestStates:
    @pytest.mark.parametrize(
        ("found", "shown"),
        [
            ([], A.UNCHECKED),
            ([A.UNCHECKED, A.UNCHECKED], A.UNCHECKED),
            ([A.UNAVAILABLE, A.UNCHECKED], A.UNCHECKED),
            ([A.UNAVAILABLE, A.UNAVAILABLE], A.UNAVAILABLE),
            ([A.ERROR, A.UNAVAILABLE], A.ERROR),
            ([A.ERROR, A.AVAILABLE], A.AVAILABLE),
            ([A.CHECKING, A.UNAVAILABLE], A.CHECKING),
            ([A.NO_ACTIVE_LINE, A.UNCHECKED], A.NO_ACTIVE_LINE),
        ],
    )
    def test_of_a_lead_follows_from_its_addresses(self, found: list[A], shown: A) -> None:
        assert availability.state_of([Address(availability=one) for one in found]) == shown

    @pytest.mark.django_db
    def test_each_has_its_word_and_icon_and_what_helps(self, northwind: Workspace, rita: User, sign_in: SignIn) -> None:
        make_line(northwind)
        lead = lead_at(northwind, "+12025550101")
        page = f"/w/northwind/leads/{lead.public_id}/availability/"
        words = {
            A.AVAILABLE: "Available",
            A.UNAVAILABLE: "Unavailable",
            A.ERROR: "Server URL",
            A.NO_ACTIVE_LINE: "Configure a line first",
        }
        for state, word in words.items():
            Address.objects.update(availability=state)
            said = sign_in(rita).get(page).content.decode()
            assert word in said
            assert ("Open Lines</a>" in said) == (state in (A.ERROR, A.NO_ACTIVE_LINE))  # where it is put right (S3-03)
            assert "<svg" in said
            assert "every 1500ms" not in said

    @pytest.mark.django_db
    def test_checking_changes_by_itself_and_a_hung_one_says_what_helps(
        self, northwind: Workspace, bob: User, sign_in: SignIn
    ) -> None:
        make_line(northwind)
        lead = lead_at(northwind, "+12025550101")
        browser = sign_in(bob)
        said = browser.post(f"/w/northwind/leads/{lead.public_id}/check/", headers={"HX-Request": "true"}).content.decode()
        assert "Checking" in said
        assert 'hx-trigger="every 1500ms"' in said
        CheckItem.objects.update(created_at=timezone.now() - timedelta(minutes=10))
        said = browser.get(f"/w/northwind/leads/{lead.public_id}/availability/").content.decode()
        assert "status of the line’s server" in said
        assert "Check again" in said

    @pytest.mark.django_db
    def test_many_rows_cost_one_query(self, northwind: Workspace, django_assert_num_queries: object) -> None:
        leads = [lead_at(northwind, f"+120255502{n:02d}") for n in range(10)]
        rows = list(Lead.objects.of(northwind).prefetch_related("addresses"))
        with django_assert_num_queries(1):  # type: ignore[operator]
            assert len(availability.shown_of_many(rows)) == len(leads)


class TestWhenDone:
    NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)  # 10:00 in New York

    def test_a_few_are_spaced_from_now_on(self) -> None:
        assert when_done(10, [Budget(70, 70, 3.0)], self.NOW, NEW_YORK) - self.NOW == pytest.approx(
            timedelta(seconds=27), abs=timedelta(seconds=0.2)
        )

    def test_two_lines_share_the_work(self) -> None:
        done = when_done(10, [Budget(70, 70, 3.0)] * 2, self.NOW, NEW_YORK)
        assert done - self.NOW == pytest.approx(timedelta(seconds=12), abs=timedelta(seconds=0.2))

    def test_a_line_that_rests_asks_when_it_has_rested(self) -> None:
        done = when_done(10, [Budget(70, 70, 3.0, rests=300.0)], self.NOW, NEW_YORK)
        assert done - self.NOW == pytest.approx(timedelta(seconds=327), abs=timedelta(seconds=0.2))
        done = when_done(10, [Budget(70, 70, 3.0, rests=300.0), Budget(70, 70, 3.0)], self.NOW, NEW_YORK)
        assert done - self.NOW == pytest.approx(timedelta(seconds=27), abs=timedelta(seconds=0.2)), "the other does not wait for it"

    @pytest.mark.django_db
    def test_how_long_a_line_still_rests_is_known(self, northwind: Workspace) -> None:
        line = make_line(northwind)
        places.know_lines()
        CheckPace.objects.filter(line=line).update(next_at=timezone.now() + timedelta(minutes=5), failures=5)
        (budget,) = budgets_of(northwind, timezone.now())
        assert budget.rests == pytest.approx(300, abs=30)

    def test_what_a_day_does_not_hold_goes_on_at_midnight_of_the_workspace(self) -> None:
        done = when_done(80, [Budget(70, 70, 3.0)], self.NOW, NEW_YORK)
        assert done == pytest.approx(datetime(2026, 11, 21, 5, 0, 27, tzinfo=UTC), abs=timedelta(seconds=1))
        done = when_done(500, [Budget(0, 70, 3.0)], self.NOW, NEW_YORK)
        assert done.astimezone(NEW_YORK).date().isoformat() == "2026-11-28"

    @given(
        st.integers(1, 2_000),
        st.lists(
            st.builds(Budget, st.integers(0, 80), st.integers(1, 80), st.sampled_from([0.3, 3.0, 60.0])), min_size=1, max_size=4
        ),
    )
    def test_agrees_with_asking_one_by_one(self, askings: int, budgets: list[Budget]) -> None:
        begins, left, ends = self.NOW, askings, self.NOW
        allowances = [budget.left for budget in budgets]
        while left:
            midnight = (begins.astimezone(NEW_YORK) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
            room = (midnight - begins).total_seconds()
            moments = sorted(
                n * budget.spacing
                for budget, most in zip(budgets, allowances, strict=True)
                for n in range(most)
                if n * budget.spacing <= room
            )
            made = moments[:left]
            left -= len(made)
            if made:
                ends = begins + timedelta(seconds=made[-1])
            begins, allowances = midnight.astimezone(UTC), [budget.limit for budget in budgets]
        assert when_done(askings, budgets, self.NOW, NEW_YORK) == pytest.approx(ends, abs=timedelta(seconds=1))


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def line(self, northwind: Workspace) -> Line:
        return make_line(northwind)

    def test_chosen_leads_are_checked_and_their_progress_stays(
        self, line: Line, northwind: Workspace, bob: User, rita: User, sign_in: SignIn
    ) -> None:
        leads = [lead_at(northwind, f"+120255502{n:02d}") for n in range(3)]
        made = sign_in(bob).post("/w/northwind/checks/start/", {"lead": [lead.public_id for lead in leads]})
        page = sign_in(rita).get(made["Location"]).content.decode()
        assert "0 of 3 checked" in page
        assert "Done within a minute" in page
        assert 'hx-trigger="every 2s"' in page
        assert "Cancel the rest" not in page, "a viewer reads"
        assert "0 of 3" in sign_in(rita).get("/w/northwind/checks/").content.decode()
        sign_in(bob).post(f"{made['Location']}cancel/")
        page = sign_in(bob).get(made["Location"]).content.decode()
        assert "Cancelled" in page
        assert "3 left out" in page
        assert "every 2s" not in page

    def test_all_that_match_are_checked(self, line: Line, northwind: Workspace, bob: User, sign_in: SignIn) -> None:
        for n in range(3):
            lead_at(northwind, f"+120255502{n:02d}")
        sign_in(bob).post("/w/northwind/checks/start/", {"all": "matching"})
        assert CheckRun.objects.get().total == 3

    def test_old_and_unchecked_ones_are_counted_and_taken(
        self, line: Line, northwind: Workspace, bob: User, sign_in: SignIn
    ) -> None:
        old, fresh, never = (lead_at(northwind, f"+120255502{n:02d}") for n in range(3))
        for lead, days in ((old, 10), (fresh, 1)):
            found = Address.objects.filter(lead=lead)
            found.update(availability=A.AVAILABLE, checked_at=timezone.now() - timedelta(days=days))
        page = sign_in(bob).get("/w/northwind/checks/").content.decode()
        assert "1 lead without a result" in page
        assert "1 lead last checked more than a week ago" in page
        assert "0 leads last checked more than a month ago" in page
        sign_in(bob).post("/w/northwind/checks/start/", {"which": "week"})
        sign_in(bob).post("/w/northwind/checks/start/", {"which": "unchecked"})
        assert set(CheckItem.objects.values_list("lead", flat=True)) == {old.pk, never.pk}

    def test_nothing_chosen_says_so(self, line: Line, bob: User, sign_in: SignIn) -> None:
        page = sign_in(bob).post("/w/northwind/checks/start/", {}, follow=True).content.decode()
        assert "No lead was chosen" in page
        assert not CheckRun.objects.exists()

    def test_no_active_line_says_what_to_do(self, northwind: Workspace, bob: User, sign_in: SignIn) -> None:
        lead = lead_at(northwind, "+12025550101")
        made = sign_in(bob).post("/w/northwind/checks/start/", {"lead": lead.public_id})
        page = sign_in(bob).get(made["Location"]).content.decode()
        assert "Configure a line first" in page
        assert "1 no active line" in page

    def test_many_errors_are_told_with_what_to_look_at(self, line: Line, northwind: Workspace, bob: User, sign_in: SignIn) -> None:
        run = CheckRun.objects.create(workspace=northwind, kind=CheckRun.Kind.BULK)
        done = {"workspace": northwind, "run": run, "state": CheckItem.State.DONE, "finished_at": timezone.now()}
        CheckItem.objects.bulk_create(CheckItem(outcome=A.AVAILABLE, **done) for _ in range(10))
        CheckItem.objects.bulk_create(CheckItem(outcome=A.ERROR, **done) for _ in range(4))
        browser = sign_in(bob)
        assert "ended as an error" not in browser.get("/w/northwind/checks/").content.decode()
        CheckItem.objects.create(outcome=A.ERROR, **done)
        page = browser.get("/w/northwind/checks/").content.decode()
        assert "5 of the last 15 availability checks ended as an error" in page
        assert "Server URL" in page

    def test_estimate_counts_what_stands_before_it(self, line: Line, northwind: Workspace) -> None:
        first = starting.start(
            northwind, [lead_at(northwind, f"+120255502{n:02d}").pk for n in range(10)], kind=CheckRun.Kind.BULK, by=None
        )
        second = starting.start(northwind, [lead_at(northwind, "+12025550150").pk], kind=CheckRun.Kind.BULK, by=None)
        now = timezone.now()
        one, two = estimate.finish(first, now), estimate.finish(second, now)
        assert one
        assert two
        assert two.earliest > one.earliest
        assert one.latest > one.earliest


# -- killed workers ----------------------------------------------------------------------------------------------------------------

POINTS = [
    ("leads.checks.picking.take", "after"),  # claimed, not committed
    ("leads.checks.claiming.claim", "after"),  # committed, nobody asks
    ("leads.checks.working.ask", "after"),  # asked, nothing written
    ("leads.checks.recording._write_addresses", "before"),  # written, not committed
    ("leads.checks.recording.free_lines", "before"),  # recorded, the line is still held
]


@pytest.fixture(scope="module")
def phones() -> Iterator[Phones]:
    with network() as up:
        yield up


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("point", "when"), POINTS)
def test_a_worker_killed_anywhere_loses_no_check(
    point: str, when: str, phones: Phones, northwind: Workspace, killed_at: Callable[..., None]
) -> None:
    for name in ("line1", "line2"):
        phones.line(northwind, name, check_spacing=0, daily_check_limit=1000)
    leads = [lead_at(northwind, f"+120255502{n:02d}", f"+120255512{n:02d}") for n in range(40)]
    run = starting.start(northwind, [lead.pk for lead in leads], kind=CheckRun.Kind.BULK, by=None)
    killed_at(point, when, 2, work="tests.leads.checking.check_on")
    while progress.progress(run).waiting:
        soon = timezone.now() - timedelta(seconds=1)  # as if the leases had run out
        CheckItem.objects.filter(state=CheckItem.State.ASKING).update(lease_until=soon)
        CheckPace.objects.exclude(busy_until=None).update(busy_until=soon)
        working.drain()
    done = progress.progress(run)
    assert (done.total, done.available, done.errors) == (40, 40, 0)
    assert not Address.objects.filter(availability=A.CHECKING).exists()
