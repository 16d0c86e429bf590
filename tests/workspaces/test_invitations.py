"""How people come in: a link that works once, for one person, for a week."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from config.logs import without_secrets
from tests.cast import SignIn
from workspaces import invitations
from workspaces.models import AuditEntry, Invitation, Membership, Role, User, Workspace
from workspaces.refused import Refused

Mailbox = list[EmailMessage]
INVITE = "/w/northwind/settings/invitations/"
NEW_USER = {"name": "Dana Diaz", "password": "correct horse 44"}


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/]+(/join/[^/\s\"]+/)", text)
    assert found, text
    return found[1]


@pytest.fixture
def dana(northwind: Workspace, alice: User) -> tuple[Invitation, str]:
    """The invitation of Dana, who has no account, and the path of its link."""
    invitation, token = invitations.invite(alice, northwind, "dana@northwind.example", Role.REP, invited_by=alice)
    return invitation, f"/join/{token}/"


def opened(path: str) -> Client:
    browser = Client()
    browser.get(path)
    return browser


class TestInviting:
    def test_mails_a_link_and_shows_it_once(self, alice: User, northwind: Workspace, sign_in: SignIn, mailoutbox: Mailbox) -> None:
        browser = sign_in(alice)
        page = browser.post(INVITE, {"email": "Dana@Northwind.example", "role": "rep"}).content.decode()
        assert mailoutbox[0].to == ["dana@northwind.example"]
        assert link_in(str(mailoutbox[0].body)) == link_in(page)
        token = link_in(page).split("/")[2]
        assert token not in browser.get("/w/northwind/settings/members/").content.decode()
        assert AuditEntry.objects.of(northwind).get(action="invitation.sent").target == "dana@northwind.example"

    def test_only_a_fingerprint_of_the_token_is_stored(self, dana: tuple[Invitation, str], northwind: Workspace) -> None:
        invitation, path = dana
        token = path.split("/")[2]
        assert len(token) >= 43  # 256 bits
        stored = Invitation.objects.of(northwind).values_list().get(pk=invitation.pk)
        trail = AuditEntry.objects.of(northwind).values_list()
        assert token not in f"{stored}{list(trail)}"

    def test_a_mail_server_that_is_away_is_said_and_the_link_helps(self, alice: User, sign_in: SignIn, settings: Settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # nobody listens on the discard port
        page = sign_in(alice).post(INVITE, {"email": "dana@northwind.example", "role": "rep"}).content.decode()
        assert "The mail server did not take the mail" in page
        assert opened(link_in(page)).get("/join/").status_code == 200

    @pytest.mark.parametrize(
        ("email", "problem"),
        [
            ("bob@northwind.example", "is a member already"),
            ("dana@northwind.example", "is invited already"),
            ("no address", "Enter a valid email address"),
        ],
    )
    def test_refuses_with_the_reason_and_keeps_what_was_typed(
        self, alice: User, bob: User, dana: object, sign_in: SignIn, email: str, problem: str
    ) -> None:
        response = sign_in(alice).post(INVITE, {"email": email, "role": "rep"})
        page = response.content.decode()
        assert response.status_code == 422
        assert problem in page
        assert f'value="{email}"' in page

    def test_role_must_be_one_of_ours(self, alice: User, northwind: Workspace, sign_in: SignIn) -> None:
        assert sign_in(alice).post(INVITE, {"email": "dana@northwind.example", "role": "owner"}).status_code == 422
        assert not Invitation.objects.of(northwind).exists()

    def test_a_hundred_a_day_and_no_more(self, alice: User, northwind: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(invitations, "A_DAY_AT_MOST", 2)
        for n in range(2):
            invitations.invite(alice, northwind, f"p{n}@example.com", Role.REP)
        with pytest.raises(Refused, match="tomorrow"):
            invitations.invite(alice, northwind, "p3@example.com", Role.REP)


class TestJoining:
    def test_new_person_sets_name_and_password_and_is_in(self, dana: tuple[Invitation, str], northwind: Workspace) -> None:
        _, path = dana
        browser = opened(path)
        response = browser.post("/join/", NEW_USER)
        assert response["Location"] == "/w/northwind/"
        membership = Membership.objects.of(northwind).get(user__email="dana@northwind.example")
        assert (membership.role, membership.user.name) == (Role.REP, "Dana Diaz")
        assert membership.user.check_password(NEW_USER["password"])
        assert browser.get("/w/northwind/settings/members/").status_code == 200
        entry = AuditEntry.objects.of(northwind).get(action="member.joined")
        assert (entry.user, entry.detail) == (membership.user, {"role": "rep"})

    def test_token_leaves_the_address_bar_before_anything_is_shown(self, client: Client, dana: tuple[Invitation, str]) -> None:
        _, path = dana
        assert client.get(path)["Location"] == "/join/"
        assert path.split("/")[2] not in client.get("/join/").content.decode()

    def test_logs_do_not_show_the_token(self, dana: tuple[Invitation, str]) -> None:
        _, path = dana
        assert path.split("/")[2] not in without_secrets(f"request=GET {path} code=302")

    def test_works_once(self, dana: tuple[Invitation, str]) -> None:
        _, path = dana
        first, second = opened(path), opened(path)
        first.post("/join/", NEW_USER)
        assert second.post("/join/", {**NEW_USER, "name": "Mallory"}).status_code == 404
        assert Client().get(path).status_code == 404

    def test_lasts_a_week(self, dana: tuple[Invitation, str], northwind: Workspace) -> None:
        invitation, path = dana
        assert invitation.expires_at - invitation.created_at == pytest.approx(timedelta(days=7), abs=timedelta(seconds=5))
        browser = opened(path)
        Invitation.objects.of(northwind).update(expires_at=timezone.now())
        assert browser.post("/join/", NEW_USER).status_code == 404
        assert Client().get(path).status_code == 404

    def test_weak_password_is_refused_with_the_reason(self, dana: tuple[Invitation, str]) -> None:
        _, path = dana
        response = opened(path).post("/join/", {"name": "Dana Diaz", "password": "12345"})
        assert response.status_code == 422
        assert "too short" in response.content.decode()
        assert not User.objects.filter(email="dana@northwind.example").exists()

    def test_person_with_an_account_signs_in_first_then_joins(
        self, alice: User, charlie: User, northwind: Workspace, sign_in: SignIn
    ) -> None:
        _, token = invitations.invite(alice, northwind, charlie.email, Role.VIEWER)
        signed_out = opened(f"/join/{token}/")
        assert "/account/sign-in/?next=/join/" in signed_out.get("/join/").content.decode()
        signed_out.post("/join/", NEW_USER)  # no way around the sign-in: the account keeps its password
        assert not Membership.objects.of(northwind).filter(user=charlie).exists()
        browser = sign_in(charlie)
        browser.get(f"/join/{token}/")
        assert browser.post("/join/")["Location"] == "/w/northwind/"
        assert Membership.objects.of(northwind).get(user=charlie).role == Role.VIEWER

    def test_is_for_one_email_only(
        self, charlie: User, dana: tuple[Invitation, str], northwind: Workspace, sign_in: SignIn
    ) -> None:
        invitation, path = dana
        browser = sign_in(charlie)
        browser.get(path)
        page = browser.post("/join/").content.decode()
        assert f"You are signed in as {charlie.email}" in page
        with pytest.raises(Refused, match="This invitation is for dana"):
            invitations.accept(charlie, invitation, charlie)
        assert not Membership.objects.of(northwind).filter(user=charlie).exists()

    def test_member_who_was_invited_twice_keeps_the_role(self, alice: User, bob: User, northwind: Workspace) -> None:
        Membership.objects.of(northwind).filter(user=bob).delete()
        invitation, _ = invitations.invite(alice, northwind, bob.email, Role.ADMIN)
        Membership.objects.create(workspace=northwind, user=bob, role=Role.REP)
        invitations.accept(bob, invitation, bob)
        assert Membership.objects.of(northwind).get(user=bob).role == Role.REP


class TestManaging:
    def address(self, invitation: Invitation, verb: str) -> str:
        return f"{INVITE}{invitation.public_id}/{verb}/"

    def test_sending_again_ends_the_old_link(
        self, alice: User, dana: tuple[Invitation, str], northwind: Workspace, sign_in: SignIn, mailoutbox: Mailbox
    ) -> None:
        invitation, old = dana
        Invitation.objects.of(northwind).update(expires_at=timezone.now() + timedelta(days=1))
        page = sign_in(alice).post(self.address(invitation, "resend")).content.decode()
        assert Client().get(old).status_code == 404
        assert Client().get(link_in(page)).status_code == 302
        assert link_in(str(mailoutbox[-1].body)) == link_in(page)

    def test_sending_again_right_away_is_refused(
        self, alice: User, dana: tuple[Invitation, str], sign_in: SignIn, mailoutbox: Mailbox
    ) -> None:
        invitation, old = dana
        sign_in(alice).post(self.address(invitation, "resend"))
        assert mailoutbox == []
        assert Client().get(old).status_code == 302

    def test_revoked_link_is_dead_even_when_it_was_opened_before(
        self, alice: User, dana: tuple[Invitation, str], northwind: Workspace, sign_in: SignIn
    ) -> None:
        invitation, path = dana
        waiting = opened(path)
        sign_in(alice).post(self.address(invitation, "revoke"))
        assert waiting.post("/join/", NEW_USER).status_code == 404
        assert Client().get(path).status_code == 404
        assert not User.objects.filter(email="dana@northwind.example").exists()
        assert AuditEntry.objects.of(northwind).filter(action="invitation.revoked").exists()

    def test_after_revoking_the_same_person_can_be_invited_anew(
        self, alice: User, dana: tuple[Invitation, str], northwind: Workspace
    ) -> None:
        invitations.revoke(alice, dana[0])
        invitations.invite(alice, northwind, "dana@northwind.example", Role.OPS)

    def test_used_and_revoked_ones_cannot_be_sent_again(self, alice: User, dana: tuple[Invitation, str]) -> None:
        invitations.revoke(alice, dana[0])
        with pytest.raises(Refused):
            invitations.renew(alice, dana[0])
        with pytest.raises(Refused):
            invitations.revoke(alice, dana[0])

    def test_only_admins_see_them(self, alice: User, olga: User, dana: object, sign_in: SignIn) -> None:
        members = "/w/northwind/settings/members/"
        assert "dana@northwind.example" in sign_in(alice).get(members).content.decode()
        assert "dana@northwind.example" not in sign_in(olga).get(members).content.decode()
