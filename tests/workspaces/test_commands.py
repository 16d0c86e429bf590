"""What whoever runs the installation does from the command line."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from lines.actions import add_line
from lines.models import Line
from workspaces.models import Membership, Role, User, Workspace
from workspaces.secrets import unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()

NOWHERE = "http://127.0.0.1:9"


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


class TestCreateWorkspace:
    def test_first_admin_comes_by_a_link(self, db: None, client: Client) -> None:
        printed = said("create_workspace", "Northwind GTM", "--admin", "alice@northwind.example")
        workspace = Workspace.objects.get(slug="northwind-gtm")
        found = re.search(r"https?://[^/]+(/join/\S+)", printed)
        assert found
        client.get(found[1])
        client.post("/join/", {"name": "Alice Ames", "password": "correct horse 42"})
        assert Membership.objects.of(workspace).get().role == Role.ADMIN
        assert client.get("/w/northwind-gtm/settings/general/").status_code == 200

    def test_time_zone_and_country_of_numbers_are_set(self, charlie: User) -> None:
        said("create_workspace", "Northwind", "--admin", charlie.email, "--time-zone", "Europe/London", "--country", "gb")
        workspace = Workspace.objects.get(slug="northwind")
        assert (workspace.time_zone, workspace.default_region) == ("Europe/London", "GB")

    def test_who_has_an_account_is_admin_at_once(self, charlie: User) -> None:
        assert "is its admin" in said("create_workspace", "Northwind", "--admin", charlie.email.upper())
        assert Membership.objects.of(Workspace.objects.get(slug="northwind")).get(user=charlie).role == Role.ADMIN

    def test_same_name_twice_gets_another_address(self, charlie: User) -> None:
        for _ in range(2):
            said("create_workspace", "Contoso", "--admin", charlie.email)
        assert set(Workspace.objects.values_list("slug", flat=True)) == {"contoso", "contoso-2", "contoso-3"}

    @pytest.mark.parametrize(
        "wrong",
        [
            ["--admin", "nobody"],
            ["--slug", "contoso"],
            ["--slug", "no slug"],
            ["--time-zone", "Mars/Olympus"],
            ["--country", "ZZ"],
            ["--country", "Britain"],
        ],
    )
    def test_wrong_values_are_refused_and_leave_nothing(self, charlie: User, wrong: list[str]) -> None:
        with pytest.raises(CommandError):
            said("create_workspace", "Northwind", "--admin", charlie.email, *wrong)
        assert not Workspace.objects.filter(name="Northwind").exists()


class TestRotateKeys:
    @pytest.fixture
    def line(self, northwind: Workspace, settings: Settings) -> Line:
        settings.LINE_SECRET_KEYS = [OLD]
        return add_line(northwind, name="Line 1", address="+12025550100", server_url=NOWHERE, secret="hunter2", by=None)

    def test_afterwards_the_old_key_is_not_needed(self, line: Line, bob: User, settings: Settings) -> None:
        secret = generate_totp_secret()
        TOTP.activate(bob, secret)
        codes = RecoveryCodes.activate(bob).get_unused_codes()
        token = unseal(line.sealed_webhook_token)
        settings.LINE_SECRET_KEYS = [NEW, OLD]
        assert "Sealed 3 rows" in said("rotate_keys")
        settings.LINE_SECRET_KEYS = [NEW]
        line.refresh_from_db()
        assert (line.secret, unseal(line.sealed_webhook_token)) == ("hunter2", token)
        steps = {step.type: step for step in Authenticator.objects.filter(user=bob)}
        assert unseal(steps[Authenticator.Type.TOTP].data["secret"]) == secret
        assert steps[Authenticator.Type.RECOVERY_CODES].wrap().get_unused_codes() == codes

    def test_what_no_key_opens_is_named_and_left_and_the_rest_is_done(
        self, line: Line, northwind: Workspace, settings: Settings
    ) -> None:
        settings.LINE_SECRET_KEYS = [NEW]
        other = add_line(northwind, name="Line 2", address="+12025550101", server_url=NOWHERE, secret="x", by=None)
        before = other.sealed_secret
        with pytest.raises(CommandError, match=f"line {line.pk}"):
            said("rotate_keys")
        sealed = line.sealed_secret
        line.refresh_from_db()
        other.refresh_from_db()
        assert line.sealed_secret == sealed
        assert other.sealed_secret != before
