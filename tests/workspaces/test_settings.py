"""The settings of a workspace and of a person."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.cast import SignIn
from workspaces import regions
from workspaces.forms.account import ProfileForm
from workspaces.forms.workspace import WorkspaceForm
from workspaces.models import AuditEntry, User, Workspace

SETTINGS = "/w/northwind/settings/general/"
FORM = {
    "name": "Northwind",
    "time_zone": "America/New_York",
    "default_region": "US",
    "consent_text": "",
    "typing_outward": "on",
    "receipts_outward": "on",
    "notes_enabled": "on",
    "undo_seconds": "5",
    "delete_enabled": "on",
    "drips_enabled": "on",
}


class TestWorkspace:
    def test_each_role_lands_on_a_page_it_may_open(self, alice: User, olga: User, rita: User, sign_in: SignIn) -> None:
        landed = [sign_in(user).get("/w/northwind/settings/")["Location"] for user in (alice, olga, rita)]
        assert landed == [SETTINGS, "/w/northwind/settings/members/", "/w/northwind/settings/members/"]

    def test_changes_hold_and_the_trail_keeps_old_and_new(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        data = {**FORM, "name": "Northwind GTM", "time_zone": "Europe/London", "typing_outward": ""}
        assert sign_in(alice).post(SETTINGS, data)["Location"] == SETTINGS
        northwind.refresh_from_db()
        assert (northwind.name, northwind.time_zone, northwind.typing_outward) == ("Northwind GTM", "Europe/London", False)
        entry = AuditEntry.objects.of(northwind).get(action="workspace.settings_changed")
        assert entry.detail == {
            "name": {"from": "Northwind", "to": "Northwind GTM"},
            "time_zone": {"from": "America/New_York", "to": "Europe/London"},
            "typing_outward": {"from": True, "to": False},
        }

    def test_nothing_changed_leaves_no_trace(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        page = sign_in(alice).post(SETTINGS, FORM, follow=True).content.decode()
        assert "Nothing was different." in page
        assert not AuditEntry.objects.of(northwind).exists()

    def test_other_workspaces_are_untouched(self, alice: User, contoso: Workspace, sign_in: SignIn) -> None:
        sign_in(alice).post(SETTINGS, {**FORM, "name": "Changed", "id": contoso.pk, "slug": "contoso"})
        contoso.refresh_from_db()
        assert contoso.name == "Contoso"

    @pytest.mark.parametrize(
        ("wrong", "problem"),
        [
            ({"name": ""}, "This field is required."),
            ({"time_zone": "Mars/Olympus"}, "Select a valid choice. Mars/Olympus is not one of the available choices."),
            ({"default_region": "QQ"}, "Select a valid choice. QQ is not one of the available choices."),
            ({"consent_required": "on"}, "Write the message that is sent first, or switch the consent message off."),
        ],
    )
    def test_wrong_values_are_refused_at_their_field_and_kept(
        self, alice: User, northwind: Workspace, sign_in: SignIn, wrong: dict[str, str], problem: str
    ) -> None:
        response = sign_in(alice).post(SETTINGS, {**FORM, "consent_text": " ", **wrong})
        assert response.status_code == 422
        assert problem in unescape(response.content.decode())
        northwind.refresh_from_db()
        assert northwind.name == "Northwind"

    def test_refused_name_is_not_shown_as_if_it_held(self, alice: User, sign_in: SignIn) -> None:
        page = sign_in(alice).post(SETTINGS, {**FORM, "name": "Refused", "time_zone": ""}).content.decode()
        assert '<span class="name">Northwind</span>' in page
        assert 'value="Refused"' in page

    def test_stored_zone_that_is_no_place_stays_choosable(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        Workspace.objects.filter(pk=northwind.pk).update(time_zone="EST5EDT")
        assert sign_in(alice).post(SETTINGS, {**FORM, "time_zone": "EST5EDT"}).status_code == 302

    def test_every_setting_tells_its_consequence(self) -> None:
        for form in (WorkspaceForm(instance=Workspace()), ProfileForm()):
            assert all(len(field.help_text) > 40 for field in form.fields.values())

    def test_countries_and_zones_can_be_chosen_by_name(self) -> None:
        assert ("GB", "United Kingdom (+44)") in regions.countries()
        assert len(regions.countries()) == 245
        europe = dict(regions.zones())["Europe"]
        assert ("Europe/London", "London") in europe
        assert re.fullmatch(r"[\w, -]+", "".join(city for _, city in europe))


class TestProfile:
    def test_changes_hold(self, bob: User, sign_in: SignIn) -> None:
        browser = sign_in(bob)
        assert browser.post("/account/", {"name": "Robert", "theme": "dark", "enter_sends": "on"}).status_code == 302
        bob.refresh_from_db()
        assert (bob.name, bob.theme, bob.enter_sends) == ("Robert", "dark", True)
        assert 'data-theme="dark"' in browser.get("/account/").content.decode()

    def test_email_and_powers_cannot_be_slipped_in(self, bob: User, sign_in: SignIn) -> None:
        data = {"name": "Bob", "theme": "light", "email": "alice@northwind.example", "is_superuser": "on", "last_workspace": "1"}
        sign_in(bob).post("/account/", data)
        bob.refresh_from_db()
        assert (bob.email, bob.is_superuser) == ("bob@northwind.example", False)

    def test_refused_name_is_shown_with_the_reason(self, bob: User, sign_in: SignIn) -> None:
        response = sign_in(bob).post("/account/", {"name": "", "theme": "light"})
        assert response.status_code == 422
        assert "This field is required." in response.content.decode()

    def test_viewers_have_their_own_account_too(self, rita: User, sign_in: SignIn) -> None:
        assert sign_in(rita).post("/account/", {"name": "Rita R", "theme": "light"}).status_code == 302
