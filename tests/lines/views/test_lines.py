"""The pages of lines: what each one says, who may change it, and what the form refuses."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from lines import health
from lines.gateways.messages import LineHealth, LineState
from lines.models import InboundEvent, Line, LineDay
from lines.typed_addresses import server_url
from tests.cast import SignIn
from tests.conversations.views.pages import html_of, text_of
from tests.core import make_line
from workspaces.models import User, Workspace

ALL = "/w/northwind/lines/"
NEW = {
    "name": "Line 2 · SF",
    "kind": "imessage",
    "address": "+14155550190",
    "server_url": "http://127.0.0.1:9",
    "secret": "a secret nobody sees",
    "daily_new_limit": "40",
}


@pytest.fixture
def line(northwind: Workspace) -> Line:
    line = make_line(northwind, name="Line 1 · DC", daily_new_limit=40)
    LineDay.objects.create(workspace=northwind, line=line, day=timezone.now().astimezone(northwind.zone).date(), started=31)
    return line


def at(line: Line, part: str = "") -> str:
    return f"{ALL}{line.public_id}/{part}"


def test_a_line_says_who_it_is_how_it_is_and_what_it_used_today(line: Line, bob: User, sign_in: SignIn) -> None:
    words = text_of(sign_in(bob).get(ALL))
    for part in ("Line 1 · DC", "iMessage", "Active", "31 of 40 allowed", "Inbox read up to", "Last inbound event"):
        assert part in words


@pytest.mark.parametrize("reason", Line.StatusReason)
def test_a_line_that_cannot_be_used_says_why(line: Line, alices: Client, reason: Line.StatusReason) -> None:
    Line.objects.filter(pk=line.pk).update(
        status=Line.Status.DISCONNECTED, status_reason=reason, status_detail="The Mac is asleep. Wake it."
    )
    for page in (ALL, at(line)):
        words = text_of(alices.get(page))
        assert reason.label in words
        assert "The Mac is asleep. Wake it." in words


def test_a_limit_that_is_reached_says_what_waits_and_what_goes_on(line: Line, alices: Client) -> None:
    LineDay.objects.filter(line=line).update(started=40)
    assert "What it holds waits for tomorrow" in text_of(alices.get(at(line)))


def test_every_page_shows_lines_connected_and_used(line: Line, alices: Client) -> None:
    make_line(line.workspace, status=Line.Status.DISCONNECTED, daily_new_limit=60)
    words = text_of(alices.get("/w/northwind/leads/"))
    assert "31 / 100 new" in words
    assert "1 of 2 lines connected" in words


def test_adding_a_line_tests_it_at_once_and_keeps_its_password_secret(northwind: Workspace, alices: Client) -> None:
    response = alices.post(f"{ALL}add/", NEW, follow=True)
    line = Line.objects.get(name=NEW["name"])
    assert line.status == Line.Status.DISCONNECTED
    assert line.checked_at is not None
    assert "Line 2 · SF is disconnected." in text_of(response)
    assert line.secret == NEW["secret"]
    for page in (ALL, at(line), at(line, "edit/")):
        assert NEW["secret"] not in html_of(alices.get(page))


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "Give the line a name."),
        ("address", "", "Enter the number that contacts see"),
        ("address", "2025550123", "Write the number with + and its country code"),
        ("address", "+1202", "too few or too many digits"),
        ("address", "+abc", "This is not a phone number"),
        ("address", "dana@", "valid email address"),
        ("server_url", "", "Enter the address of the line’s server"),
        ("server_url", "mac-mini.local", "has to begin with https:// or http://"),
        ("secret", "", "Enter the password of the server"),
        ("daily_new_limit", "-1", "greater than or equal to 0"),
        ("daily_new_limit", "", "Enter a number from 0 to 10,000."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_added(
    northwind: Workspace, alices: Client, field: str, value: str, says: str
) -> None:
    response = alices.post(f"{ALL}add/", NEW | {field: value})
    assert response.status_code == 422
    assert says in text_of(response)
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    "text",
    [
        "ftp://mac.example.com", "https://", "https:// mac.example.com", "javascript:alert(1)", "https://user:pw@mac.example.com",
        "https://mac.example.com/?token=1", "https://mac.example.com/#x", "https://mac.example.com:99999", "http://[::1",
        "https://mac.example.com:0",
    ],
)  # fmt: skip
def test_server_urls_that_are_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        server_url(text)


@pytest.mark.parametrize(
    "text", ["https://mac.example.com", "http://10.0.0.5:1234", "https://x.example.com/line1", "http://[::1]:8"]
)
def test_server_urls_that_are_taken(text: str) -> None:
    assert server_url(f" {text}/ ") == text


def test_an_imessage_line_may_be_an_apple_account_and_an_sms_line_may_not(northwind: Workspace, alices: Client) -> None:
    alices.post(f"{ALL}add/", NEW | {"address": "Team@Northwind.example"})
    assert Line.objects.get().address == "team@northwind.example"
    assert alices.post(f"{ALL}add/", NEW | {"kind": "sms", "address": "team@northwind.example"}).status_code == 422


def test_a_number_and_a_server_have_one_line_of_a_kind(line: Line, alices: Client) -> None:
    response = alices.post(f"{ALL}add/", NEW | {"address": line.address})
    assert "Line 1 · DC has this number already." in text_of(response)
    response = alices.post(f"{ALL}add/", NEW | {"server_url": f"{line.server_url}/"})
    assert "Line 1 · DC is this server’s line already." in text_of(response)
    assert Line.objects.count() == 1


def test_editing_keeps_the_password_when_none_is_typed(line: Line, alices: Client) -> None:
    posted = {"name": "Renamed", "address": line.address, "server_url": line.server_url, "daily_new_limit": "20", "secret": ""}
    assert alices.post(at(line, "edit/"), posted).status_code == 302
    line.refresh_from_db()
    assert (line.name, line.daily_new_limit, line.secret) == ("Renamed", 20, "pw")


def test_a_line_falls_back_to_an_sms_line_of_the_same_workspace_only(line: Line, contoso: Workspace, alices: Client) -> None:
    own = make_line(line.workspace, kind=Line.Kind.SMS)
    theirs = make_line(contoso, kind=Line.Kind.SMS)
    offered = re.findall(r'<option value="(\d+)"', html_of(alices.get(at(line, "edit/"))))
    assert offered == [str(own.pk)]
    posted = {"name": "L", "address": line.address, "server_url": line.server_url, "daily_new_limit": "20"}
    assert alices.post(at(line, "edit/"), posted | {"fallback_line": theirs.pk}).status_code == 422
    assert alices.post(at(line, "edit/"), posted | {"fallback_line": own.pk}).status_code == 302


def test_testing_the_connection_says_what_was_found(line: Line, olga: User, sign_in: SignIn) -> None:
    words = text_of(sign_in(olga).post(at(line, "check/"), follow=True))
    assert "Line 1 · DC is disconnected." in words


def test_ops_pause_and_resume_and_reps_are_told_who_can(line: Line, olga: User, bob: User, sign_in: SignIn) -> None:
    browser = sign_in(olga)
    assert "is paused" in text_of(browser.post(at(line, "pause/"), follow=True))
    line.refresh_from_db()
    assert line.status == Line.Status.PAUSED
    assert "Resume" in text_of(browser.get(at(line)))
    browser.post(at(line, "resume/"))
    line.refresh_from_db()
    assert line.status != Line.Status.PAUSED
    assert sign_in(bob).post(at(line, "pause/")).status_code == 403
    words = text_of(sign_in(bob).get(at(line)))
    for button in ("Pause", "Test connection", "Edit"):
        assert button not in words.split("What the states mean")[0].replace("Paused", "")


def test_only_admins_see_the_webhook_url(line: Line, alice: User, olga: User, sign_in: SignIn) -> None:
    assert "/hooks/bluebubbles/" in text_of(sign_in(alice).get(at(line)))
    assert "/hooks/bluebubbles/" not in html_of(sign_in(olga).get(at(line)))


def test_events_that_could_not_be_applied_are_told(line: Line, alices: Client) -> None:
    InboundEvent.objects.create(
        workspace=line.workspace, line=line, dedupe_key="x", kind="message", payload={}, parked_at=timezone.now()
    )
    assert "1 event from this line could not be applied" in text_of(alices.get(at(line)))


def test_a_workspace_without_lines_says_what_a_line_is_and_who_adds_it(
    northwind: Workspace, alice: User, bob: User, sign_in: SignIn
) -> None:
    assert "Add line" in text_of(sign_in(alice).get(ALL))
    words = text_of(sign_in(bob).get(ALL))
    assert "An admin of the workspace can add one here." in words
    assert "Add line" not in words


@pytest.mark.parametrize(
    ("state", "reason"), [("flagged", "channel_disabled"), ("offline", "line_issue"), ("auth_failed", "line_issue")]
)
def test_a_line_whose_imessage_is_off_says_so(line: Line, state: LineState, reason: str) -> None:
    health.write(line, LineHealth(state, "Sign in again on the Mac."))
    assert (line.status, line.status_reason) == ("disconnected", reason)
