"""Pages of limits and hours: what is used of each, forms that refuse with advice, and what they change."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from django.utils import timezone

from lines import queries, quota, standing
from lines.models import Line, LineDay
from tests.cast import SignIn
from tests.core import make_line
from workspaces.models import AuditEntry, Membership, User, Workspace


@pytest.fixture
def line(northwind: Workspace) -> Line:
    return make_line(northwind, hourly_new_limit=15, daily_total_limit=80)


def edit(line: Line, **values: object) -> dict[str, object]:
    kept = {"name": line.name, "address": line.address, "server_url": line.server_url, "daily_new_limit": 50, "ramp_step": 3}
    return {**kept, "day_starts_at": "00:00", "new_after_days": 30, **values}


def test_a_line_shows_each_limit_and_what_is_used_of_it(sign_in: SignIn, rita: User, line: Line) -> None:
    LineDay.objects.create(workspace=line.workspace, line=line, day=quota.today(line), started=12, sent=30)
    page = sign_in(rita).get(f"/w/northwind/lines/{line.public_id}/").content.decode()
    for words in ("<b>12</b> of 50 allowed", "<b>0</b> of 15 allowed", "<b>30</b> of 80 allowed"):
        assert words in page
    assert "Rest for a day" not in page, "she changes nothing"


def test_every_page_counts_each_line_by_its_own_day_and_ramp_up(northwind: Workspace, line: Line) -> None:
    """As the gate does: beside it, a young line whose day began at another time, or begins only in some hours."""
    now = timezone.now()
    young = make_line(northwind, daily_new_limit=50, day_zone="Pacific/Kiritimati", ramp_start=8, ramp_step=3)
    west = make_line(northwind, daily_new_limit=20, day_zone="Pacific/Pago_Pago", day_starts_at=time(3), status="disconnected")
    Line.objects.filter(pk=young.pk).update(ramp_since=quota.today(young, now))
    for one, started in ((line, 12), (young, 5), (west, 7)):
        LineDay.objects.create(workspace=northwind, line=one, day=quota.today(one, now), started=started)
        LineDay.objects.create(workspace=northwind, line=one, day=quota.today(one, now) - timedelta(days=1), started=90)
    assert queries.today_of(northwind) == queries.Today(used=24, limit=50 + 8 + 20, connected=2, lines=3)


def test_limits_that_contradict_each_other_are_refused_with_advice(sign_in: SignIn, alice: User, line: Line) -> None:
    response = sign_in(alice).post(
        f"/w/northwind/lines/{line.public_id}/edit/",
        edit(line, hourly_new_limit=60, daily_total_limit=20, ramp_start=90),
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "More than the 50 of a whole day" in page
    assert "Fewer than the 50 new conversations" in page
    assert "It begins above the daily limit of 50" in page


def test_a_low_limit_of_a_day_is_taken_though_that_of_an_hour_stands_higher(sign_in: SignIn, alice: User, line: Line) -> None:
    sign_in(alice).post(f"/w/northwind/lines/{line.public_id}/edit/", edit(line, daily_new_limit=6, hourly_new_limit=15))
    line.refresh_from_db()
    assert (line.daily_new_limit, line.hourly_new_limit) == (6, 15), "the strictest holds"


def test_a_ramp_begins_on_the_day_it_is_asked_for(sign_in: SignIn, alice: User, line: Line) -> None:
    sign_in(alice).post(f"/w/northwind/lines/{line.public_id}/edit/", edit(line, ramp_start=10, day_starts_at="03:00"))
    line.refresh_from_db()
    assert (line.ramp_start, line.day_starts_at, line.hourly_new_limit) == (10, time(3), None)
    assert line.ramp_since
    assert line.limits_changed_at


def test_a_plan_without_room_refuses_another_line(sign_in: SignIn, alice: User, line: Line) -> None:
    alices = sign_in(alice)
    assert alices.post("/w/northwind/settings/limits/change/", {"plan_lines": 1}).status_code == 302
    more = edit(line, name="Line 2", address="+12025550177", kind="imessage", secret="x", server_url="http://127.0.0.1:9")
    response = alices.post("/w/northwind/lines/add/", more)
    assert response.status_code == 422
    assert "This workspace may have 1 line, and has them already" in response.content.decode()
    assert AuditEntry.objects.filter(action="workspace.settings_changed").exists()


def test_a_bad_limit_of_the_plan_is_refused(sign_in: SignIn, alice: User, northwind: Workspace) -> None:
    response = sign_in(alice).post("/w/northwind/settings/limits/change/", {"plan_new_a_day": "-3"})
    assert response.status_code == 422
    northwind.refresh_from_db()
    assert northwind.plan_new_a_day is None


def test_only_an_admin_changes_the_plan(sign_in: SignIn, bob: User, northwind: Workspace) -> None:
    bobs = sign_in(bob)
    assert bobs.get("/w/northwind/settings/limits/").status_code == 200
    assert bobs.post("/w/northwind/settings/limits/change/", {"plan_lines": 9}).status_code == 403


def test_a_keeper_ends_a_rest(sign_in: SignIn, olga: User, line: Line) -> None:
    standing.rest(line, "100 new conversations in a row had no reply")
    olgas = sign_in(olga)
    page = olgas.get(f"/w/northwind/lines/{line.public_id}/").content.decode()
    assert "Rests from automated messages" in page
    assert "100 new conversations in a row had no reply" in page
    olgas.post(f"/w/northwind/lines/{line.public_id}/wake/")
    line.refresh_from_db()
    assert not standing.of([line])[line.pk].rests
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {"line.rests", "line.woken"}


class TestWorkingHours:
    def test_a_rep_sets_their_own(self, sign_in: SignIn, bob: User, northwind: Workspace) -> None:
        sent = {"hours_from": "09:00", "hours_until": "17:00", "work_days": ["1", "2"], "time_zone": "Europe/London"}
        assert sign_in(bob).post("/w/northwind/settings/hours/", sent).status_code == 302
        member = Membership.objects.get(user=bob)
        assert (member.hours_from, member.hours_until, member.work_days) == (time(9), time(17), [1, 2])
        assert member.zone.key == "Europe/London"
        northwind.refresh_from_db()
        assert northwind.limits_changed_at

    @pytest.mark.parametrize(
        ("sent", "advice"),
        [
            ({"hours_from": "17:00", "hours_until": "09:00", "work_days": ["1"]}, "It has to be later than 17:00"),
            ({"hours_from": "17:00", "work_days": ["1"]}, "Enter both times, or leave both empty"),
            ({"hours_from": ""}, "Choose at least one day"),
        ],
    )
    def test_bad_hours_are_refused_with_advice(self, sign_in: SignIn, bob: User, sent: dict[str, object], advice: str) -> None:
        response = sign_in(bob).post("/w/northwind/settings/hours/", sent)
        assert response.status_code == 422
        assert advice in response.content.decode()

    def test_only_an_admin_sets_anothers(self, sign_in: SignIn, alice: User, bob: User, rita: User, charlie: User) -> None:
        hers = Membership.objects.get(user=alice).public_id
        his = Membership.objects.get(user=bob).public_id
        assert sign_in(bob).get(f"/w/northwind/settings/hours/{hers}/").status_code == 404
        assert sign_in(alice).post(f"/w/northwind/settings/hours/{his}/", {"work_days": ["5"]}).status_code == 302
        assert Membership.objects.get(user=bob).work_days == [5]
        assert sign_in(rita).get("/w/northwind/settings/hours/").status_code == 403
        elsewhere = Membership.objects.get(user=charlie).public_id
        assert sign_in(alice).get(f"/w/northwind/settings/hours/{elsewhere}/").status_code == 404


def test_holidays_are_read_one_a_line_and_a_bad_one_is_named(sign_in: SignIn, alice: User, northwind: Workspace) -> None:
    kept = {"opt_out_words": "", "opt_in_words": "", "confirm_opt_out_text": "Bye", "send_from": "09:00", "send_until": "20:00"}
    sent = {**kept, "recheck_availability": "never", "send_days": ["1", "2"], "holidays": "2026-12-25\n2026-01-01\n2026-12-25"}
    alices = sign_in(alice)
    assert alices.post("/w/northwind/settings/consent/", sent).status_code == 302
    northwind.refresh_from_db()
    assert (northwind.holidays, northwind.send_days) == ([date(2026, 1, 1), date(2026, 12, 25)], [1, 2])
    response = alices.post("/w/northwind/settings/consent/", {**sent, "holidays": "25 December"})
    assert response.status_code == 422
    assert "“25 December” is not a date" in response.content.decode()
