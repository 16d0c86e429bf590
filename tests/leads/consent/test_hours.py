"""Automated messages keep to the hours of the contact."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, timedelta

from django.utils import timezone

from conversations.vocabulary import Hold, Origin, State
from leads import quiet, windows
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Lead
from lines.models import Line
from tests.core import made_sent, say
from tests.leads.consent.telling import NUMBER, OTHER, claim, held, lead_at, tell, where_it_is
from workspaces.models import Workspace

MAIL = "mia@example.com"


def may_be_written_to(workspace: Workspace, number: str, at: datetime | None = None) -> bool:
    return windows.is_open(quiet.windows_of(workspace), quiet.zones_of(number, "", workspace), at or timezone.now())


class TestHours:
    def test_an_automated_message_waits_for_morning_where_the_contact_is(self, line: Line) -> None:
        lead = lead_at(line, NUMBER, awake=False)
        automated = say(line, origin=Origin.CAMPAIGN)
        assert claim() == []
        assert held(automated) == (State.QUEUED, Hold.QUIET_HOURS)
        local = automated.run_at.astimezone(zoneinfo.ZoneInfo(lead.time_zone))
        assert (local.hour, local.minute) == (9, 0)
        assert automated.expires_at
        assert automated.expires_at > automated.run_at

    def test_by_day_it_goes_and_a_person_writes_at_any_hour(self, line: Line) -> None:
        lead_at(line, NUMBER)
        lead_at(line, OTHER, awake=False)
        automated, by_person = say(line, origin=Origin.CAMPAIGN), say(line, address=OTHER)
        assert set(claim()) == {automated, by_person}

    def test_who_is_written_to_at_an_email_address_is_where_their_number_is(self, line: Line) -> None:
        workspace = line.workspace
        Workspace.objects.filter(pk=workspace.pk).update(time_zone=where_it_is(12))
        numbers = ("+442079460000", "+18085550101", "+81312345678")
        soon = timezone.now() + timedelta(minutes=10)
        asleep = next(
            one for one in numbers if not may_be_written_to(workspace, one) and not may_be_written_to(workspace, one, soon)
        )
        for name, *values in (("Mia Stone", asleep, MAIL), ("Ida Voss", "ida@example.com")):
            add_lead(workspace, name=name, addresses=[normalise(value, region="US") for value in values])
        message, nowhere = (say(line, address=one, origin=Origin.CAMPAIGN) for one in (MAIL, "ida@example.com"))
        assert claim() == [nowhere]
        assert held(message) == (State.QUEUED, Hold.QUIET_HOURS)
        assert may_be_written_to(workspace, asleep, message.run_at)

    def test_who_wrote_within_a_day_is_answered_but_a_campaign_waits(self, line: Line) -> None:
        lead_at(line, NUMBER, awake=False)
        tell(line, "Are you there?")
        campaign, answer = say(line, origin=Origin.CAMPAIGN), say(line, origin=Origin.API)
        assert claim() == [answer]
        made_sent(answer)
        assert claim() == []
        assert held(campaign) == (State.QUEUED, Hold.QUIET_HOURS)

    def test_who_wrote_longer_ago_is_not_woken(self, line: Line) -> None:
        lead_at(line, NUMBER, awake=False)
        tell(line, "Are you there?", at=timezone.now() - timedelta(hours=25))
        answer = say(line, origin=Origin.API)
        assert claim() == []
        assert held(answer) == (State.QUEUED, Hold.QUIET_HOURS)

    def test_no_attempt_begins_outside_the_hours(self, line: Line) -> None:
        for n in range(24):
            lead = lead_at(line, f"+120255502{n:02d}")
            Lead.objects.filter(pk=lead.pk).update(time_zone=where_it_is(n))
            say(line, address=f"+120255502{n:02d}", origin=Origin.CAMPAIGN)
        sent = claim()
        assert len(sent) == 11, "from 9 to 20"
        for message in sent:
            known = Lead.objects.get(addresses__value=message.address).time_zone
            zones = quiet.zones_of(message.address, known, line.workspace)
            assert windows.is_open(quiet.windows_of(line.workspace), zones, timezone.now())
