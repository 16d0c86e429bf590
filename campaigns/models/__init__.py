from campaigns.models.campaign import Campaign, CampaignLine
from campaigns.models.enrolment import Enrolment
from campaigns.models.enrolrun import EnrolRun
from campaigns.models.execution import Execution
from campaigns.models.workflow import Node, Version

__all__ = ["Campaign", "CampaignLine", "EnrolRun", "Enrolment", "Execution", "Node", "Version"]
