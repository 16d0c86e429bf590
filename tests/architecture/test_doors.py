"""Every address is behind a door of `workspaces.access`, and every door hangs where it belongs."""

from __future__ import annotations

import pytest

from tests.architecture.addresses import Address, addresses
from workspaces.access import EVERY_ROLE, Kind
from workspaces.models import Role

ALLAUTH = "django-allauth guards it itself (login_required, login stages, reauthentication); tests/workspaces tries it."
API = "A bearer token opens it (config.api); tests/config/test_api.py tries it."
CALLS = ("api:check_lead", "api:check_many", "api:check_job", "api:enrol_leads")
WITHOUT_A_DOOR = {
    **dict.fromkeys(CALLS, API),
    "api:api-root": "It answers 404 to everybody.",
    **dict.fromkeys(
        (
            "account_login",
            "account_logout",
            "account_inactive",
            "account_reauthenticate",
            "account_change_password",
            "account_set_password",
            "account_reset_password",
            "account_reset_password_done",
            "account_reset_password_from_key",
            "account_reset_password_from_key_done",
            "mfa_index",
            "mfa_authenticate",
            "mfa_reauthenticate",
            "mfa_activate_totp",
            "mfa_deactivate_totp",
            "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes",
            "mfa_download_recovery_codes",
            "mfa_list_webauthn",
            "mfa_add_webauthn",
            "mfa_reauthenticate_webauthn",
            "mfa_remove_webauthn",
            "mfa_edit_webauthn",
        ),
        ALLAUTH,
    ),
}
WITHOUT_CSRF = {
    "gateway-webhook": "Gateways cannot carry our token; nothing there hangs on a session.",
    **dict.fromkeys(CALLS, "Its token comes in a header that no page of another site can make a browser send."),
}
OPEN_TO_VIEWERS: dict[str, str] = {}
"""Addresses that write and that a viewer may use all the same, each with its reason."""

ALL = addresses()
GUARDED = [address for address in ALL if address.door]
each_guarded = pytest.mark.parametrize("address", GUARDED, ids=lambda address: address.name)


@pytest.mark.parametrize("address", ALL, ids=lambda address: address.name or address.path)
def test_has_a_door_or_a_reason_to_have_none(address: Address) -> None:
    assert address.name, f"{address.path} has no name"
    assert (address.door is None) == (address.name in WITHOUT_A_DOOR), f"{address.path} needs a door of workspaces.access"


def test_exceptions_are_still_there() -> None:
    names = {address.name for address in ALL}
    assert not (WITHOUT_A_DOOR.keys() | WITHOUT_CSRF.keys() | OPEN_TO_VIEWERS.keys()) - names


def test_names_are_given_once() -> None:
    names = [address.name for address in ALL]
    assert len(names) == len(set(names))


@each_guarded
def test_what_lies_in_a_workspace_has_a_workspaces_door(address: Address) -> None:
    assert address.door
    assert (address.door.kind is Kind.WORKSPACE) == address.inside


@each_guarded
def test_open_doors_tell_why(address: Address) -> None:
    assert address.door
    assert address.door.kind is not Kind.PUBLIC or len(address.door.reason) > 20


@each_guarded
def test_viewers_stay_out_of_what_writes(address: Address) -> None:
    assert address.door
    if address.door.kind is Kind.WORKSPACE and address.door.methods - {"GET", "HEAD"}:
        assert (Role.VIEWER in address.door.roles) == (address.name in OPEN_TO_VIEWERS)


@each_guarded
def test_reading_is_for_every_role_or_for_named_ones(address: Address) -> None:
    assert address.door
    assert address.door.methods <= {"GET", "HEAD", "POST"}
    assert address.door.kind is not Kind.WORKSPACE or (address.door.roles and address.door.roles <= EVERY_ROLE)


@pytest.mark.parametrize("address", ALL, ids=lambda address: address.name or address.path)
def test_forms_carry_their_token(address: Address) -> None:
    assert getattr(address.view, "csrf_exempt", False) == (address.name in WITHOUT_CSRF)
