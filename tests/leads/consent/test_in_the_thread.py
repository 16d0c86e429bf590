"""What a rep reads of consent in the thread, and may decide there."""

from __future__ import annotations

import pytest

from conversations.models import Conversation
from conversations.vocabulary import Origin
from leads.models import Company, OptOut, RemovalRequest
from lines.models import Line
from tests.cast import SignIn
from tests.core import make_conversation, make_line, say
from tests.leads.consent.telling import NUMBER, lead_at, tell
from workspaces.models import User, Workspace


class TestInTheThread:
    """What a rep reads and may decide."""

    @pytest.fixture
    def ours(self, northwind: Workspace) -> Line:
        return make_line(northwind)

    def post(self, browser_of: SignIn, who: User, row: Conversation, what: str, **data: str) -> str:
        url = f"/w/northwind/imessages/{row.public_id}/{what}/"
        return browser_of(who).post(url, data, follow=True).content.decode()

    def test_a_request_offers_its_three_decisions_and_takes_one(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        firm = Company.objects.create(workspace=ours.workspace, name="Ledgerline")
        lead_at(ours, NUMBER, company=firm)
        tell(ours, "please remove me")
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        for words in ("Confirm removal", "Exclude contact", "Exclude Ledgerline too", "Not a removal", "please remove me"):
            assert words in page
        page = self.post(sign_in, bob, row, "removal", decision="contact")
        assert "Confirm removal" not in page
        assert "Opted out" in page
        assert "decided about it already" in self.post(sign_in, bob, row, "removal", decision="none")

    def test_nonsense_decides_nothing(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        tell(ours, "please remove me")
        self.post(sign_in, bob, make_conversation(ours), "removal", decision="perhaps")
        assert RemovalRequest.objects.get().decided_at is None

    def test_a_rep_learns_who_can_lift_what_the_contact_asked_for(
        self, ours: Line, bob: User, alice: User, sign_in: SignIn
    ) -> None:
        tell(ours, "STOP")
        row = make_conversation(ours)
        assert "only an admin can opt them in again" in self.post(sign_in, bob, row, "opt-in")
        assert OptOut.objects.filter(lifted_at=None).exists()
        self.post(sign_in, alice, row, "opt-in", note="They called")
        assert not OptOut.objects.filter(lifted_at=None).exists()

    def test_what_an_opt_out_cancelled_is_listed(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        for n in range(3):
            say(ours, f"Step {n}", origin=Origin.CAMPAIGN)
        tell(ours, "STOP")
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        assert "3 messages that waited were cancelled" in page
        for n in range(3):
            assert f"Step {n}" in page

    def test_excluding_asks_about_the_company(self, ours: Line, bob: User, sign_in: SignIn) -> None:
        firm = Company.objects.create(workspace=ours.workspace, name="Ledgerline")
        lead = lead_at(ours, NUMBER, company=firm)
        row = make_conversation(ours)
        page = sign_in(bob).get(f"/w/northwind/imessages/{row.public_id}/").content.decode()
        assert "Exclude everyone at Ledgerline too" in page
        self.post(sign_in, bob, row, "exclude", company="1")
        lead.refresh_from_db()
        firm.refresh_from_db()
        assert (lead.status, firm.status) == ("excluded", "excluded")
