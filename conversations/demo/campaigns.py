"""The demo's campaigns, with the weeks behind them (`replay`).

The last leads enrolled are written to for real when the demo starts, so that phones ring and steps are seen to be taken.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone

from campaigns import actions, making
from campaigns.models import Campaign, CampaignLine, Version
from campaigns.tree import Step
from conversations.campaigning import dripping
from conversations.demo import workflows
from conversations.demo.pasts import DRAFTED, FRESH, PASTS
from conversations.demo.replay import DAY, Replay
from conversations.receiving.incoming import conversation_with
from leads.actions import add_lead
from leads.addresses import normalise
from leads.models import Company, Lead
from lines.models import Line
from workspaces.models import User, Workspace


def load(workspace: Workspace, lines: list[Line], people: dict[str, Lead], *, alice: User, bob: User) -> None:
    """Four campaigns with a past, a draft and a drip. In the caller's transaction."""
    mine = Line.objects.of(workspace)
    status = lines[0].status
    mine.update(status=Line.Status.ACTIVE)  # in the past they were connected; today they are checked first
    Demo(workspace, lines, people, alice, bob).load()
    mine.update(status=status)


@dataclass(slots=True)
class Demo:
    workspace: Workspace
    lines: list[Line]
    people: dict[str, Lead]
    alice: User
    bob: User
    numbers: int = 0

    @property
    def past(self) -> Replay:
        return Replay(self.workspace, self.lines[0], self.bob)

    def load(self) -> None:
        founders = self.campaign("Q4 Fintech founders", workflows.founders(), 7)
        for number in ("+12025550101", "+12025550103", "+12025550104"):
            self.past.adopt(founders, number)
        for past in PASTS:
            self.past.play(founders, self.lead(past.name, past.title, past.persona, past.company), past)
        ops = self.campaign("Ops leaders · EMEA", workflows.ops(), 4)
        for number in ("+12025550102", "+12025550125", "+12025550162"):
            self.past.adopt(ops, number)
        health = self.campaign(
            "Healthcare RevOps", workflows.short("Hi {{ lead.first_name }}, is intake reporting on your desk?"), 5
        )
        self.past.adopt(health, "+12025550160")
        actions.pause(health, by=self.alice)
        latam = self.campaign("LATAM finance", workflows.short("Hola {{ lead.first_name }}, ¿cómo cierran el mes?"), 20)
        self.past.adopt(latam, "+12025550161")
        actions.stop(latam, by=self.alice)
        draft = making.make(self.workspace, kind="workflow", name="January re-engagement", steps=workflows.ops(), by=self.bob)
        self.past.enrol(draft, [self.lead(*one) for one in DRAFTED])
        self.drip()
        self.past.enrol(founders, [self.lead(*one) for one in FRESH])

    def campaign(self, name: str, tree: list[Step], days: float) -> Campaign:
        """A running one that started some days ago."""
        campaign = making.make(self.workspace, kind="workflow", name=name, steps=tree, by=self.bob)
        CampaignLine.objects.bulk_create(
            CampaignLine(workspace=self.workspace, campaign=campaign, line=line) for line in self.lines
        )
        campaign = actions.start(campaign, by=self.alice)
        began = timezone.now() - days * DAY
        mine = Campaign.objects.of(self.workspace).filter(pk=campaign.pk)
        mine.update(created_at=began, started_at=began, status_at=began, send_days=[1, 2, 3, 4, 5], overlap="allow")
        Version.objects.filter(campaign=campaign).update(created_at=began, published_at=began)
        campaign.refresh_from_db()
        return campaign

    def drip(self) -> None:
        """Applied to somebody who asked to be called back later."""
        made = making.make(self.workspace, kind="drip", name="Month-end checklist", steps=workflows.drip(), by=self.bob)
        campaign = actions.start(made, by=self.alice)
        tom = conversation_with(self.lines[0], "+12025550104")
        dripping.apply(tom, campaign, by=self.bob)

    def lead(self, name: str, title: str, persona: str, company: str) -> Lead:
        self.numbers += 1
        firm = Company.objects.of(self.workspace).get(name=company)
        number = normalise(f"+1415555{100 + self.numbers:04}", region="US")
        return add_lead(
            self.workspace, name=name, addresses=[number], company=firm, title=title, persona=persona, persona_match=True
        )
