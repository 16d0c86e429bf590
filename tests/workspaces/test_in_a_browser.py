"""What only a browser shows: contrast, names and order for who cannot see or point, security keys, pages without scripts."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from tests.accessibility import faults
from tests.browser_fixtures import let_in
from tests.factories import PASSWORD
from workspaces import audit, invitations
from workspaces.models import Membership, Role, User, Workspace

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SIGNED_OUT = ("/account/sign-in/", "/account/password/reset/", "/account/password/reset/sent/", "/join/nothing/")
SIGNED_IN = (
    "/workspaces/",
    "/account/",
    "/account/password/",
    "/account/devices/",
    "/account/sign-out/",
    "/account/two-step/",
    "/account/confirm/",
    "/w/northwind/settings/general/",
    "/w/northwind/settings/members/",
    "/w/northwind/settings/audit/",
    "/w/northwind/settings/audit/?action=nothing.such",
)
BEHIND_CONFIRMATION = ("/account/two-step/totp/activate/", "/account/two-step/webauthn/add/")


@pytest.fixture
def site(live_server: LiveServer, northwind: Workspace, alice: User, rita: User, settings: Settings) -> str:
    settings.PUBLIC_URL = live_server.url
    audit.record(alice, northwind, "line.paused", "Line 1", because="noise")
    invitations.invite(alice, northwind, "dana@northwind.example", Role.REP, invited_by=alice)
    return live_server.url


def sign_in_as(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/account/sign-in/")
    page.get_by_label("Email").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}/w/northwind/imessages/")


def test_signed_out_pages_are_accessible(page: Page, site: str) -> None:
    found = []
    for address in SIGNED_OUT:
        page.goto(site + address)
        found += faults(page)
    page.goto(f"{site}/account/sign-in/")
    page.get_by_label("Email").fill("alice@northwind.example")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("do not belong together")
    assert not found + faults(page)


def test_signed_in_pages_are_accessible(page: Page, site: str, alice: User) -> None:
    let_in(page, site, alice)
    found = []
    for address in SIGNED_IN:
        page.goto(site + address)
        found += faults(page)
    for address in BEHIND_CONFIRMATION:
        page.goto(site + address)
        if "/account/confirm/" in page.url:
            page.get_by_label("Your password").fill(PASSWORD)
            page.get_by_role("button", name="Confirm").click()
        found += faults(page)
    assert not found


def test_what_is_refused_is_accessible_too(page: Page, site: str, rita: User, northwind: Workspace) -> None:
    let_in(page, site, rita)
    page.goto(f"{site}/w/northwind/settings/general/")
    expect(page.get_by_role("heading", name="Your role may not do this")).to_be_visible()
    found = faults(page)
    page.goto(f"{site}/w/elsewhere/")
    assert not found + faults(page)


def test_members_can_be_invited_and_removed_without_scripts(
    page_without_scripts: Page, site: str, alice: User, rita: User, northwind: Workspace
) -> None:
    page = page_without_scripts
    sign_in_as(page, site, alice)
    page.goto(f"{site}/w/northwind/settings/members/")
    page.get_by_label("Email").fill("eve@northwind.example")
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_label("Link to join")).to_have_value(re.compile(f"^{re.escape(site)}/join/[\\w-]+/$"))
    page.get_by_role("link", name="Back to members").click()
    page.get_by_label("Role of Rita Ruiz").select_option("rep")
    page.get_by_role("button", name="Change role of Rita Ruiz").click()
    expect(page.get_by_text("Rita Ruiz is rep now")).to_be_visible()
    page.get_by_role("link", name="Remove Rita Ruiz").click()
    page.get_by_role("button", name="Remove Rita").click()
    expect(page.get_by_text("Rita Ruiz is no longer in Northwind.")).to_be_visible()
    assert not Membership.objects.of(northwind).filter(user=rita).exists()


def test_workspace_is_switched_by_keyboard_alone_and_without_scripts(
    page_without_scripts: Page, site: str, alice: User, northwind: Workspace, contoso: Workspace
) -> None:
    Membership.objects.create(workspace=contoso, user=alice, role=Role.REP)
    page = page_without_scripts
    User.objects.filter(pk=alice.pk).update(last_workspace=northwind)
    let_in(page, site, alice)
    page.goto(site)
    page.get_by_role("button", name="Workspace Northwind").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Contoso").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/w/contoso/imessages/")


def test_security_key_that_is_missing_is_said_one_that_is_added_is_asked_for_at_the_next_sign_in(
    page: Page, site: str, alice: User
) -> None:
    let_in(page, site, alice)
    page.goto(f"{site}/account/two-step/webauthn/add/")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    # No key is plugged in: the browser's own refusal goes to a script, people need it on the page.
    page.evaluate("() => { navigator.credentials.create = () => Promise.reject(new Error('no key')) }")
    page.get_by_role("button", name="Add key").click()
    expect(page.get_by_text("The browser got no answer from a security key.")).to_be_visible()

    key = page.context.new_cdp_session(page)
    key.send("WebAuthn.enable")
    key.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}},
    )
    page.reload()
    page.get_by_label("Name").fill("Desk key")
    page.get_by_role("button", name="Add key").click()
    expect(page.get_by_label("Your codes")).to_be_visible()
    page.goto(f"{site}/account/two-step/webauthn/")
    expect(page.get_by_text("Desk key").first).to_be_visible()

    page.goto(f"{site}/account/sign-out/")
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    page.get_by_label("Email").fill(alice.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{site}{reverse('mfa_authenticate')}")
    assert not faults(page)
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{site}/w/northwind/imessages/")
    key.detach()
