"""Signing in: by email and password, with a second step, slowly for who guesses."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.hashers import MD5PasswordHasher
from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from tests.factories import PASSWORD
from workspaces.models import AuditEntry, User, Workspace

SIGN_IN = "/account/sign-in/"
SECOND_STEP = "/account/two-step/authenticate/"


def attempt(client: Client, email: str, password: str = "wrong", **environ: Any) -> HttpResponseBase:
    return client.post(SIGN_IN, {"login": email, "password": password}, **environ)


def errors(response: HttpResponseBase) -> str:
    """What the page says is wrong, without markup."""
    assert isinstance(response, HttpResponse)
    found = re.search(r'role="alert">(.*?)</div>\s*</div>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split()) if found else ""


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_email_in_any_case_and_password_open_the_page_that_was_asked_for(client: Client, bob: User) -> None:
    response = client.post(f"{SIGN_IN}?next=/account/devices/", {"login": "BOB@Northwind.example", "password": PASSWORD})
    assert response["Location"] == "/account/devices/"
    assert is_in(client)


def test_sign_in_never_leads_to_another_site(client: Client, bob: User) -> None:
    response = client.post(f"{SIGN_IN}?next=https://evil.example/", {"login": bob.email, "password": PASSWORD})
    assert response["Location"] == "/"


def test_signing_in_is_in_the_audit_log(client: Client, bob: User, northwind: Workspace) -> None:
    attempt(client, bob.email, PASSWORD, REMOTE_ADDR="203.0.113.7")
    entry = AuditEntry.objects.of(northwind).get(action="account.signed_in")
    assert (entry.user, entry.address) == (bob, "203.0.113.7")


def test_session_key_changes_at_sign_in(client: Client, bob: User) -> None:
    client.get("/join/none/")
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key
    attempt(client, bob.email, PASSWORD)
    assert client.session.session_key != before


def test_wrong_password_and_unknown_account_get_one_answer(client: Client, bob: User) -> None:
    wrong, unknown = attempt(client, bob.email), attempt(client, "nobody@northwind.example")
    assert wrong.status_code == unknown.status_code
    assert errors(wrong) == errors(unknown) != ""


class CountedHasher(MD5PasswordHasher):
    algorithm = "counted"
    computed = 0

    def encode(self, password: str, salt: str) -> str:
        CountedHasher.computed += 1
        return super().encode(password, salt)


def test_wrong_password_and_unknown_account_cost_the_same(client: Client, bob: User, settings: Settings) -> None:
    """One computation of a password's hash each: that is what takes the time."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountedHasher"]
    bob.set_password(PASSWORD)
    bob.save()
    costs = []
    for email in (bob.email, "nobody@northwind.example"):
        CountedHasher.computed = 0
        attempt(client, email)
        costs.append(CountedHasher.computed)
    assert costs == [1, 1]


def test_switched_off_account_is_not_let_in(client: Client, bob: User) -> None:
    User.objects.filter(pk=bob.pk).update(is_active=False)
    attempt(client, bob.email, PASSWORD)
    assert not is_in(client)


def test_there_is_no_sign_up() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


class TestThrottling:
    """5 wrong passwords in 5 minutes for an account, 10 a minute from an address."""

    def test_an_account_from_ever_new_addresses(self, client: Client, bob: User) -> None:
        for n in range(5):
            attempt(client, bob.email, REMOTE_ADDR=f"203.0.113.{n}")
        refused = attempt(client, bob.email, PASSWORD, REMOTE_ADDR="203.0.113.99")
        assert "Too many attempts" in errors(refused)
        assert not is_in(client)

    def test_an_account_by_ever_new_host_names(self, client: Client, bob: User, settings: Settings) -> None:
        settings.ALLOWED_HOSTS = ["*"]
        for n in range(5):
            attempt(client, bob.email, HTTP_HOST=f"h{n}.example", REMOTE_ADDR=f"203.0.113.{n}")
        assert "Too many attempts" in errors(attempt(client, bob.email, PASSWORD, HTTP_HOST="h9.example"))

    def test_an_account_in_ever_new_spellings(self, client: Client, bob: User) -> None:
        for n, spelling in enumerate([bob.email, bob.email.upper(), f" {bob.email} ", bob.email.title(), bob.email]):
            attempt(client, spelling, REMOTE_ADDR=f"203.0.113.{n}")
        assert "Too many attempts" in errors(attempt(client, bob.email, PASSWORD, REMOTE_ADDR="203.0.113.99"))

    def test_an_address_over_ever_new_accounts(self, client: Client, bob: User) -> None:
        for n in range(10):
            attempt(client, f"guess{n}@northwind.example")
        assert "Too many attempts" in errors(attempt(client, bob.email, PASSWORD))

    def test_a_forwarded_header_is_not_believed(self, client: Client, bob: User) -> None:
        for n in range(10):
            attempt(client, f"guess{n}@northwind.example", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}")
        assert "Too many attempts" in errors(attempt(client, bob.email, PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.99"))

    def test_behind_a_trusted_proxy_only_its_own_entry_is_believed(self, client: Client, bob: User, settings: Settings) -> None:
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
        for n in range(10):
            attempt(client, f"guess{n}@northwind.example", HTTP_X_FORWARDED_FOR=f"198.51.100.{n}, 203.0.113.7")
        same = attempt(client, bob.email, PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.99, 203.0.113.7")
        assert "Too many attempts" in errors(same)
        attempt(client, bob.email, PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.7, 203.0.113.8")
        assert is_in(client)

    def test_known_and_unknown_accounts_are_throttled_alike(self, client: Client, bob: User) -> None:
        answers = []
        for email in (bob.email, "nobody@northwind.example"):
            for n in range(5):
                attempt(client, email, REMOTE_ADDR=f"203.0.113.{n}")
            answers.append(errors(attempt(client, email, REMOTE_ADDR="203.0.113.50")))
        assert answers[0] == answers[1] != ""

    def test_of_guesses_on_and_on_hardly_any_is_looked_at(self, client: Client, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
        """Of 60 guesses in a row, each from another address, five passwords are looked at."""
        looked_at: list[str] = []

        def check_password(self: User, raw: str) -> bool:
            looked_at.append(raw)
            return False

        monkeypatch.setattr(User, "check_password", check_password)
        for n in range(60):
            attempt(client, bob.email, f"guess {n}", REMOTE_ADDR=f"203.0.{n}.1")
        assert len(looked_at) == 5

    def test_sheer_number_of_attempts_is_limited_too_and_the_page_says_so(self, client: Client, db: None) -> None:
        answers = [attempt(client, f"guess{n}@northwind.example") for n in range(31)]
        assert answers[-1].status_code == 429
        assert "Wait a few minutes" in answers[-1].content.decode()  # type: ignore[attr-defined]

    def test_signing_in_rightly_uses_nothing_up(self, client: Client, bob: User) -> None:
        for _ in range(8):
            attempt(client, bob.email, PASSWORD)
            assert is_in(client)
            client.logout()


@pytest.fixture
def one_moment() -> Iterator[None]:
    """The clock stands: a code is good for half a minute, which may end while a test signs in."""
    with time_machine.travel(time.time(), tick=False):
        yield


def code_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_form_without_its_token_is_refused_in_words(db: None) -> None:
    response = Client(enforce_csrf_checks=True).post(SIGN_IN, {"login": "x", "password": "y"})
    assert response.status_code == 403
    assert "This page was open for too long" in response.content.decode()


@pytest.mark.usefixtures("one_moment")
class TestSecondStep:
    @pytest.fixture
    def secret(self, bob: User) -> str:
        secret = str(generate_totp_secret())
        TOTP.activate(bob, secret)
        return secret

    def test_password_alone_does_not_open(self, client: Client, bob: User, secret: str) -> None:
        assert attempt(client, bob.email, PASSWORD)["Location"] == SECOND_STEP
        assert not is_in(client)

    def test_password_and_code_open(self, client: Client, bob: User, secret: str) -> None:
        attempt(client, bob.email, PASSWORD)
        client.post(SECOND_STEP, {"code": code_now(secret)})
        assert is_in(client)

    def test_a_code_opens_once(self, bob: User, secret: str) -> None:
        code = code_now(secret)
        for expected in (True, False):
            browser = Client()
            attempt(browser, bob.email, PASSWORD)
            browser.post(SECOND_STEP, {"code": code})
            assert is_in(browser) is expected

    def test_a_recovery_code_opens_once(self, bob: User, secret: str) -> None:
        code = RecoveryCodes.activate(bob).get_unused_codes()[0]
        for expected in (True, False):
            browser = Client()
            attempt(browser, bob.email, PASSWORD)
            browser.post(SECOND_STEP, {"code": code})
            assert is_in(browser) is expected

    def test_guessing_codes_is_throttled_by_account(self, bob: User, secret: str) -> None:
        for n in range(5):
            browser = Client(REMOTE_ADDR=f"203.0.113.{n}")
            attempt(browser, bob.email, PASSWORD)
            browser.post(SECOND_STEP, {"code": "000000"})
        browser = Client(REMOTE_ADDR="203.0.113.99")
        attempt(browser, bob.email, PASSWORD)
        assert "Too many attempts" in browser.post(SECOND_STEP, {"code": code_now(secret)}).content.decode()
        assert not is_in(browser)

    def test_secrets_are_sealed_in_the_database(self, bob: User, secret: str) -> None:
        RecoveryCodes.activate(bob)
        stored = str(list(Authenticator.objects.values_list("data", flat=True)))
        assert secret not in stored
        assert stored.count("gAAAA") == 2

    def test_every_page_of_two_step_sign_in_opens(self, client: Client, bob: User, secret: str) -> None:
        RecoveryCodes.activate(bob)
        attempt(client, bob.email, PASSWORD)
        assert client.get(SECOND_STEP).status_code == 200
        client.post(SECOND_STEP, {"code": code_now(secret)})
        assert client.get("/account/two-step/").status_code == 200
        confirm = client.get("/account/two-step/totp/deactivate/")
        assert confirm["Location"].startswith("/account/confirm/")
        assert client.get(confirm["Location"]).status_code == 200
        client.post(confirm["Location"], {"password": PASSWORD})
        for address in (
            "totp/deactivate/",
            "recovery-codes/",
            "recovery-codes/generate/",
            "webauthn/",
            "webauthn/add/",
            "reauthenticate/",
        ):
            assert client.get(f"/account/two-step/{address}").status_code == 200


@pytest.mark.usefixtures("one_moment")
def test_adding_an_app_takes_the_password_again_then_shows_recovery_codes_once(client: Client, bob: User) -> None:
    attempt(client, bob.email, PASSWORD)
    activate = "/account/two-step/totp/activate/"
    confirm = client.get(activate)["Location"]
    assert client.post(confirm, {"password": PASSWORD})["Location"] == activate
    page = client.get(activate).content.decode()
    found = re.search(r'value="([A-Z2-7]{32})"', page)
    assert found
    assert client.post(activate, {"code": code_now(found[1])})["Location"] == "/account/two-step/recovery-codes/"
    assert re.search(r"\d{8}", client.get("/account/two-step/recovery-codes/").content.decode())
    assert not re.search(r"\d{8}", client.get("/account/two-step/recovery-codes/").content.decode())
