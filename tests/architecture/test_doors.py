"""Every address is behind a door of `workspaces.access`, and every door hangs where it belongs."""

from __future__ import annotations

from tests.architecture.addresses import addresses
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
GUARDED = [(address, address.door) for address in ALL if address.door]


def test_each_has_a_door_or_a_reason_to_have_none() -> None:
    assert not [address.path for address in ALL if not address.name], "without a name"
    assert not [one.path for one in ALL if (one.door is None) != (one.name in WITHOUT_A_DOOR)], "a door of workspaces.access"


def test_exceptions_are_still_there() -> None:
    names = {address.name for address in ALL}
    assert not (WITHOUT_A_DOOR.keys() | WITHOUT_CSRF.keys() | OPEN_TO_VIEWERS.keys()) - names


def test_names_are_given_once() -> None:
    names = [address.name for address in ALL]
    assert len(names) == len(set(names))


def test_what_lies_in_a_workspace_has_a_workspaces_door() -> None:
    assert not [one.name for one, door in GUARDED if (door.kind is Kind.WORKSPACE) != one.inside]


def test_open_doors_tell_why() -> None:
    assert not [one.name for one, door in GUARDED if door.kind is Kind.PUBLIC and len(door.reason) <= 20]


def test_viewers_stay_out_of_what_writes() -> None:
    writing = [(one, door) for one, door in GUARDED if door.kind is Kind.WORKSPACE and door.methods - {"GET", "HEAD"}]
    assert not [one.name for one, door in writing if (Role.VIEWER in door.roles) != (one.name in OPEN_TO_VIEWERS)]


def test_reading_is_for_every_role_or_for_named_ones() -> None:
    assert not [one.name for one, door in GUARDED if not door.methods <= {"GET", "HEAD", "POST"}]
    workspaces = [(one, door) for one, door in GUARDED if door.kind is Kind.WORKSPACE]
    assert not [one.name for one, door in workspaces if not (door.roles and door.roles <= EVERY_ROLE)]


def test_forms_carry_their_token() -> None:
    assert not [one.name for one in ALL if getattr(one.view, "csrf_exempt", False) != (one.name in WITHOUT_CSRF)]
