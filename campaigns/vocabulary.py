"""The enums of campaigns: kinds of node, states of an enrolment and of an execution, and why they ended."""

from django.db import models


class NodeKind(models.TextChoices):
    IMESSAGE = "imessage", "iMessage"
    SMS = "sms", "SMS"
    EMAIL = "email", "Email"
    LINKEDIN = "linkedin", "LinkedIn task"
    WAIT = "wait", "Wait"
    BRANCH = "branch", "Branch"
    TAG = "tag", "Tag"
    ASSIGN = "assign", "Assign"
    NOTIFY = "notify", "Notify"
    STOP = "stop", "Stop"


MESSAGES = (NodeKind.IMESSAGE, NodeKind.SMS, NodeKind.EMAIL)
"""Nodes whose execution becomes a message."""


class Arm(models.TextChoices):
    """Which way of a branch a node stands on; empty on the trunk."""

    TRUNK = "", ""
    YES = "yes", "Yes"
    NO = "no", "No"


class WaitMode(models.TextChoices):
    """What a wait waits for."""

    TIME = "time", "For a time"
    UNTIL = "until", "Until a day and hour"
    READ = "read", "Until the last message is read"


class BranchTest(models.TextChoices):
    """What a branch asks about a lead."""

    REPLIED = "replied", "Has replied"
    READ = "read", "Has read the last message"
    IMESSAGE = "imessage", "Has iMessage"
    ICP = "icp", "Company’s ICP"
    PERSONA = "persona", "Persona"
    INTENT = "intent", "What the reply means"


class EnrolmentState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    COMPLETED = "completed", "Completed"
    STOPPED = "stopped", "Stopped"


UNDER_WAY = (EnrolmentState.ACTIVE, EnrolmentState.PAUSED)


class StopReason(models.TextChoices):
    """Why an enrolment ended before its last node."""

    REPLIED = "replied", "Replied"
    OPTED_OUT = "opted_out", "Opted out"
    EXCLUDED = "excluded", "The lead or company is excluded"
    REMOVED = "removed", "Stopped by a person"
    STOP_NODE = "stop_node", "A stop node was reached"
    CAMPAIGN_STOPPED = "campaign_stopped", "The campaign was stopped"
    MERGED = "merged", "Merged with a lead that is enrolled already"
    OVERLAP = "overlap", "In another running campaign"
    FAILED = "failed", "Its message was not delivered"


ENDED_FOR_GOOD = (
    StopReason.REPLIED,
    StopReason.OPTED_OUT,
    StopReason.EXCLUDED,
    StopReason.REMOVED,
    StopReason.CAMPAIGN_STOPPED,
    StopReason.MERGED,
)
"""Why a lead left a campaign for good; one that left because a message failed may get it again."""


class ExecutionState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    PENDING = "pending", "Pending"
    EXECUTED = "executed", "Executed"
    FAILED = "failed", "Failed"
    SKIPPED = "skipped", "Skipped"


OPEN = (ExecutionState.WAITING, ExecutionState.PENDING)


class Source(models.TextChoices):
    """How a lead came into a campaign."""

    SELECTION = "selection", "Chosen in the leads table"
    FILTER = "filter", "All leads that a filter found"
    LIST = "list", "A contact list"
    IMPORT = "import", "An import"
    API = "api", "The API"
    COMPOSER = "composer", "Applied in a conversation"


class Overlap(models.TextChoices):
    SKIP = "skip", "Leave out leads in another running campaign"
    ALLOW = "allow", "Enrol them too"


class LeftOut(models.TextChoices):
    """Why a lead that was chosen is not enrolled."""

    ENROLLED = "enrolled", "In this campaign already"
    BEFORE = "before", "Has been through this campaign"
    OPTED_OUT = "opted_out", "Opted out"
    EXCLUDED = "excluded", "Excluded"
    COMPANY_EXCLUDED = "company_excluded", "Works at an excluded company"
    OVERLAP = "overlap", "In another running campaign"
