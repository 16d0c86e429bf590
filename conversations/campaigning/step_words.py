"""The words of a step: which of its texts a lead gets, and the text filled in. What cannot be filled in is never sent."""

from __future__ import annotations

from campaigns import merge, texts
from campaigns.models import Enrolment, Node
from campaigns.nodes import Text
from conversations.refusals import CannotWrite
from leads.models import Lead


def words_for(enrolment: Enrolment, node: Node, choices: tuple[Text, ...]) -> tuple[Text, str]:
    """The text that this lead gets, and it filled in. Raises CannotWrite."""
    text = text_for(enrolment, node, choices)
    if text is None:
        raise CannotWrite("No text of this step is for their persona and ICP")
    return text, filled(text.body, enrolment.lead, enrolment)


def text_for(enrolment: Enrolment, node: Node, choices: tuple[Text, ...]) -> Text | None:
    """The text that is for this lead; None where all are for others. The launch plan asks it too."""
    lead = enrolment.lead
    drip = enrolment.campaign.is_drip  # its preview must show what will be sent
    turn = texts.turn_of(enrolment.lead_id if drip else enrolment.pk, node.key)
    return texts.choose(choices, persona=lead.persona, icp=lead.company.icp if lead.company else "", turn=turn)


def filled(body: str, lead: Lead, enrolment: Enrolment) -> str:
    """Raises CannotWrite while a field is empty that has no fallback."""
    campaign = enrolment.campaign
    try:
        return merge.parse(body).render(merge.values(lead, campaign.sender, campaign.workspace))
    except merge.BadTemplate as bad:
        raise CannotWrite(str(bad)) from None
