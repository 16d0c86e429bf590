"""How long a session lasts, and how its owner sees and ends it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from allauth.mfa.signals import authenticator_added, authenticator_removed
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from tests.cast import SignIn
from workspaces import sessions
from workspaces.access import background, signed_in
from workspaces.models import AuditEntry, Session, User, Workspace

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:130.0) Gecko/20100101 Firefox/130.0"


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


@pytest.fixture
def sign_in() -> SignIn:
    """As Django does it, without the first page that the suite's own way stands for: sessions are what is tried here."""

    def client_of(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return client_of


@pytest.fixture
def browser(bob: User, sign_in: SignIn) -> Client:
    """Bob, signed in at START."""
    with time_machine.travel(START, tick=False):
        browser = sign_in(bob)
        assert is_in(browser)
    return browser


class TestLimits:
    def test_twelve_hours_without_use_end_it(self, browser: Client) -> None:
        with time_machine.travel(START + timedelta(hours=12, seconds=1), tick=False):
            assert not is_in(browser)

    def test_use_keeps_it_alive(self, browser: Client) -> None:
        for hours in (11, 22, 33):
            with time_machine.travel(START + timedelta(hours=hours), tick=False):
                assert is_in(browser)

    def test_thirty_days_after_signing_in_it_ends_in_any_case(self, browser: Client, settings: Settings) -> None:
        """Tried with two days of them, used every ten hours."""
        assert timedelta(seconds=settings.SESSION_ABSOLUTE_AGE) == timedelta(days=30)
        settings.SESSION_ABSOLUTE_AGE = 48 * 3600
        for hours in (10, 20, 30, 40):
            with time_machine.travel(START + timedelta(hours=hours), tick=False):
                assert is_in(browser)
        with time_machine.travel(START + timedelta(hours=48, seconds=1), tick=False):
            assert not is_in(browser)

    def test_what_a_page_fetches_by_itself_is_no_use(self, bob: User, northwind: Workspace, browser: Client) -> None:
        before = Session.objects.get(user=bob)

        @background
        @signed_in
        def polled(request: HttpRequest) -> HttpResponse:
            return HttpResponse()

        request = RequestFactory().get("/")
        request.session = sessions.SessionStore(before.session_key)
        request.user = bob

        def answer(request: HttpRequest) -> HttpResponse:
            request.resolver_match = type("Match", (), {"func": polled})()
            return HttpResponse()

        with time_machine.travel(START + timedelta(hours=6), tick=False):
            sessions.limits(answer)(request)
        assert not request.session.modified

    def test_reading_pages_does_not_write_each_time(
        self, bob: User, sign_in: SignIn, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        browser = sign_in(bob)
        browser.get("/w/northwind/")
        with django_assert_num_queries(3):  # session, user, membership: no write
            browser.get("/w/northwind/")

    def test_cookie_lasts_as_long_as_idleness_may(self, browser: Client) -> None:
        assert browser.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 12 * 3600
        assert browser.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
        assert browser.cookies[settings.SESSION_COOKIE_NAME]["samesite"] == "Lax"


class TestDevices:
    def test_are_listed_with_browser_and_address_and_the_own_one_marked(self, bob: User, sign_in: SignIn) -> None:
        here, phone = sign_in(bob), sign_in(bob)
        here.get("/account/", headers={"User-Agent": FIREFOX})
        phone.get("/account/", headers={"User-Agent": "Mozilla/5.0 (iPhone) Safari/604"}, REMOTE_ADDR="203.0.113.7")
        page = here.get("/account/devices/").content.decode()
        assert "Firefox on macOS" in page
        assert "Safari on iPhone" in page
        assert "203.0.113.7" in page
        assert page.count("This one") == 1

    def test_session_keys_are_not_on_the_page(self, bob: User, sign_in: SignIn) -> None:
        here, other = sign_in(bob), sign_in(bob)
        page = here.get("/account/devices/").content.decode()
        assert str(here.session.session_key) not in page
        assert str(other.session.session_key) not in page

    def test_one_can_be_ended(self, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        here, other, third = sign_in(bob), sign_in(bob), sign_in(bob)
        lost = Session.objects.get(pk=other.session.session_key)
        here.post(f"/account/devices/{lost.public_id}/end/")
        assert [is_in(browser) for browser in (here, other, third)] == [True, False, True]
        assert AuditEntry.objects.of(northwind).filter(action="account.device_signed_out", user=bob).exists()

    def test_all_others_can_be_ended(self, bob: User, sign_in: SignIn) -> None:
        here, *others = (sign_in(bob) for _ in range(3))
        here.post("/account/devices/end-others/")
        assert is_in(here)
        assert not any(is_in(other) for other in others)

    def test_those_of_someone_else_are_out_of_reach(self, alice: User, bob: User, sign_in: SignIn) -> None:
        hers = sign_in(alice)
        her_session = Session.objects.get(user=alice)
        assert sign_in(bob).post(f"/account/devices/{her_session.public_id}/end/").status_code == 404
        assert is_in(hers)

    @pytest.mark.parametrize("signal", [authenticator_added, authenticator_removed])
    def test_a_change_of_second_steps_ends_the_others(self, bob: User, sign_in: SignIn, rf: RequestFactory, signal: object) -> None:
        here, other = sign_in(bob), sign_in(bob)
        step = TOTP.activate(bob, generate_totp_secret()).instance
        request = rf.post("/")
        request.session, request.user = here.session, bob
        signal.send(sender=type(step), request=request, user=bob, authenticator=step)  # type: ignore[attr-defined]
        assert is_in(here)
        assert not is_in(other)


def test_expired_sessions_are_cleared(browser: Client, bob: User) -> None:
    with time_machine.travel(START + timedelta(hours=13), tick=False):
        sessions.clear_expired()
    assert not Session.objects.filter(user=bob).exists()


def test_deleting_a_user_ends_their_sessions(browser: Client, bob: User) -> None:
    bob.delete()
    assert not Session.objects.exists()


def test_a_stored_session_can_be_decoded_by_django(browser: Client, bob: User) -> None:
    assert Session.objects.get(user=bob).get_decoded()["_auth_user_id"] == str(bob.pk)
