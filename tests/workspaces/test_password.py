"""Forgotten and changed passwords."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings
from time_machine import TimeMachineFixture

from config.celery import app
from config.logs import without_secrets
from tests.cast import SignIn
from tests.factories import PASSWORD
from workspaces.models import AuditEntry, Session, User, Workspace

RESET = "/account/password/reset/"
NEW = "a better horse 43"
Mailbox = list[EmailMessage]


@pytest.fixture
def worker_at_once() -> Iterator[None]:
    """Tasks run where they are rung for, as if a worker were quick."""
    app.conf.task_always_eager = app.conf.task_eager_propagates = True
    yield
    app.conf.task_always_eager = app.conf.task_eager_propagates = False


def link_in(mail: EmailMessage) -> str:
    found = re.search(r"https?://[^/]+(/account/password/reset/\S+)", str(mail.body))
    assert found
    return found[1]


def set_new(browser: Client, link: str, password: str = NEW) -> int:
    """Follow the link and fill in the form behind it; the status of the answer."""
    page = browser.get(link, follow=True)
    if not page.redirect_chain:
        return page.status_code
    return browser.post(page.redirect_chain[-1][0], {"password1": password, "password2": password}).status_code


@pytest.mark.usefixtures("worker_at_once")
class TestForgotten:
    def test_a_link_in_the_mail_sets_a_new_password(self, client: Client, bob: User, mailoutbox: Mailbox) -> None:
        client.post(RESET, {"email": bob.email.upper()})
        assert mailoutbox[0].to == [bob.email]
        assert set_new(client, link_in(mailoutbox[0])) == 302
        bob.refresh_from_db()
        assert bob.check_password(NEW)
        assert mailoutbox[1].subject == "Your Switchboard password was reset"

    def test_known_and_unknown_get_one_answer_after_the_same_work(
        self, bob: User, mailoutbox: Mailbox, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        app.conf.task_always_eager = False  # the worker is elsewhere: nothing about the account is looked up here
        pages = []
        for email in (bob.email, "nobody@northwind.example"):
            with django_assert_num_queries(0):
                response = Client().post(RESET, {"email": email}, follow=False)
            pages.append((response.status_code, response["Location"]))
        assert pages[0] == pages[1] == (302, "/account/password/reset/sent/")

    @pytest.mark.parametrize("who", ["nobody", "switched off"])
    def test_nobody_and_the_switched_off_get_no_mail(self, client: Client, bob: User, mailoutbox: Mailbox, who: str) -> None:
        User.objects.filter(pk=bob.pk).update(is_active=False)
        client.post(RESET, {"email": bob.email if who == "switched off" else "nobody@northwind.example"})
        assert mailoutbox == []

    def test_link_leads_to_the_public_address_whatever_host_asked(
        self, client: Client, bob: User, mailoutbox: Mailbox, settings: Settings
    ) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        settings.PUBLIC_URL = "https://console.example.com"
        client.post(RESET, {"email": bob.email}, HTTP_HOST="evil.example")
        assert "https://console.example.com/account/password/reset/" in str(mailoutbox[0].body)
        assert "evil.example" not in str(mailoutbox[0].body)

    def test_logs_do_not_show_the_link(self, client: Client, bob: User, mailoutbox: Mailbox) -> None:
        client.post(RESET, {"email": bob.email})
        link = link_in(mailoutbox[0])
        assert link.split("-", 1)[1] not in without_secrets(f"request=GET {link} code=302")

    def test_link_works_once(self, client: Client, bob: User, mailoutbox: Mailbox) -> None:
        client.post(RESET, {"email": bob.email})
        assert set_new(client, link_in(mailoutbox[0])) == 302
        page = Client().get(link_in(mailoutbox[0]))
        assert "This link does not work" in page.content.decode()

    def test_link_lasts_an_hour(self, client: Client, bob: User, mailoutbox: Mailbox, time_machine: TimeMachineFixture) -> None:
        client.post(RESET, {"email": bob.email})
        time_machine.move_to("2100-01-01")  # anything later than an hour
        assert "This link does not work" in client.get(link_in(mailoutbox[0])).content.decode()

    def test_every_device_is_signed_out(
        self, client: Client, bob: User, northwind: Workspace, sign_in: SignIn, mailoutbox: Mailbox
    ) -> None:
        elsewhere = sign_in(bob)
        assert elsewhere.get("/account/").status_code == 200
        client.post(RESET, {"email": bob.email})
        set_new(client, link_in(mailoutbox[0]))
        assert elsewhere.get("/account/").status_code == 302
        assert not Session.objects.filter(user=bob).exists()
        assert AuditEntry.objects.of(northwind).filter(action="account.password_reset", user=bob).exists()

    def test_who_resets_while_signed_in_gets_an_answer_and_is_out(self, bob: User, sign_in: SignIn, mailoutbox: Mailbox) -> None:
        browser = sign_in(bob)
        browser.post(RESET, {"email": bob.email})
        assert set_new(browser, link_in(mailoutbox[0])) == 302
        assert browser.get("/account/").status_code == 302

    def test_asking_again_and_again_is_throttled_alike_for_all(self, bob: User, mailoutbox: Mailbox) -> None:
        for email in (bob.email, "nobody@northwind.example"):
            for n in range(5):
                assert Client(REMOTE_ADDR=f"203.0.113.{n}").post(RESET, {"email": email}).status_code == 302
            assert Client(REMOTE_ADDR="203.0.113.99").post(RESET, {"email": email}).status_code == 429
        assert len(mailoutbox) == 5


class TestChanged:
    def test_ends_all_other_devices_but_not_this_one(self, bob: User, northwind: Workspace, sign_in: SignIn) -> None:
        here, elsewhere = sign_in(bob), sign_in(bob)
        for browser in (here, elsewhere):
            browser.get("/account/")
        here.post("/account/password/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
        assert [row.session_key for row in Session.objects.filter(user=bob)] == [here.session.session_key]
        assert here.get("/account/").status_code == 200
        assert elsewhere.get("/account/").status_code == 302
        assert AuditEntry.objects.of(northwind).filter(action="account.password_changed", user=bob).exists()

    def test_needs_the_current_one(self, bob: User, sign_in: SignIn) -> None:
        page = sign_in(bob).post("/account/password/", {"oldpassword": "guess", "password1": NEW, "password2": NEW})
        assert "This is not your current password." in page.content.decode()
        bob.refresh_from_db()
        assert bob.check_password(PASSWORD)

    def test_weak_ones_are_refused_with_the_reason(self, bob: User, sign_in: SignIn) -> None:
        page = sign_in(bob).post("/account/password/", {"oldpassword": PASSWORD, "password1": "short", "password2": "short"})
        assert "too short" in page.content.decode()
