"""The closed lists of the sending core: states, statuses, reasons and holds, with the words people read.

A *state* is what we do with a message; a *status* is what the reader is told, derived from state and facts
in the database (`Message.status`). A *reason* says why something ended, a *hold* why it waits.
"""

from django.db import models


class Channel(models.TextChoices):
    IMESSAGE = "imessage", "iMessage"
    SMS = "sms", "SMS"
    EMAIL = "email", "Email"
    LINKEDIN = "linkedin", "LinkedIn"


class Family(models.TextChoices):
    """What a conversation runs over: iMessage and SMS share the phone (R15)."""

    PHONE = "phone", "iMessage and SMS"
    EMAIL = "email", "Email"
    LINKEDIN = "linkedin", "LinkedIn"


class Direction(models.TextChoices):
    OUTGOING = "out", "Outgoing"
    INCOMING = "in", "Incoming"


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
    DISCARDED = "discarded", "Discarded"
    RECEIVED = "received", "Received"


class MessageStatus(models.TextChoices):
    """The one status of a message. R1 names the eight that lists show; the others appear in detail only."""

    DRAFT = "draft", "Draft"
    SCHEDULED = "scheduled", "Scheduled"
    QUEUED = "queued", "Queued"
    SENDING = "sending", "Sending"
    SENT = "sent", "Sent"
    DELIVERED = "delivered", "Delivered"
    READ = "read", "Read"
    REPLIED = "replied", "Replied"
    NOT_DELIVERED = "not_delivered", "Not Delivered"
    CANCELLED = "cancelled", "Cancelled"
    DISCARDED = "discarded", "Discarded"
    RECEIVED = "received", "Received"


class FailReason(models.TextChoices):
    """Why a message was not delivered: the eight causes of S0-71, then the core's own."""

    INVALID_NUMBER = "invalid_number", "Invalid phone number"
    UNREACHABLE = "unreachable", "Unreachable number"
    CARRIER_ISSUE = "carrier_issue", "Carrier issue"
    IMESSAGE_ISSUE = "imessage_issue", "iMessage delivery issue"
    LINE_ISSUE = "line_issue", "Line issue"
    CHANNEL_LIMIT = "channel_limit", "Channel limit"
    CONTACT_DATA = "contact_data", "Contact data issue"
    MESSAGE_RESTRICTION = "message_restriction", "Message restriction"
    EXPIRED = "expired", "Could not be sent in time"
    OUTCOME_UNKNOWN = "outcome_unknown", "Outcome unknown"
    SENDER_CRASHED = "sender_crashed", "Sending broke off repeatedly"
    CONSENT_FAILED = "consent_failed", "Consent message was not delivered"


class CancelReason(models.TextChoices):
    """Why a message that was committed to go did not go."""

    USER = "user", "Cancelled by a person"
    OPTED_OUT = "opted_out", "The contact opted out"
    EXCLUDED = "excluded", "The contact or company is excluded"
    REPLIED = "replied", "The contact replied"
    LINE_REMOVED = "line_removed", "The line was removed"
    NOT_NEEDED = "not_needed", "No longer needed"
    CAMPAIGN = "campaign_stopped", "Its campaign was stopped for this contact"


class Hold(models.TextChoices):
    """Why a queued message waits. `Message.run_at` says until when it is next looked at."""

    NONE = "", ""
    LINE_INACTIVE = "line_inactive", "The line is not connected"
    NO_LINE = "no_line", "No line is set up for this channel"
    INBOX_BEHIND = "inbox_behind", "Replies from the line are not all read yet"
    NEW_LIMIT = "new_limit", "Today's new conversations on the line are used up"
    HOUR_LIMIT = "hour_limit", "The line's new conversations of the last hour are used up"
    RAMP_LIMIT = "ramp_limit", "The young line may start no more new conversations today"
    TOTAL_LIMIT = "total_limit", "Today's messages of the line are used up"
    PLAN_NEW = "plan_new", "The workspace's new conversations of today are used up"
    PLAN_TOTAL = "plan_total", "The workspace's messages of today are used up"
    LINE_RESTS = "line_rests", "The line rests from automated messages"
    CONSENT = "consent", "The consent message goes first"
    ORDER = "order", "An earlier message to this contact goes first"
    QUIET_HOURS = "quiet_hours", "Outside the hours for automated messages where the contact is"
    DAY_OFF = "day_off", "No automated messages leave on this day"
    CAMPAIGN_TIME = "campaign_time", "Outside the campaign's own hours and days"
    MEMBER_TIME = "member_time", "Outside the working hours of the member in whose name it goes"
    REMOVAL = "removal", "The contact asked to be removed; a person decides"
    PAUSED = "paused", "The batch is paused"
    CAMPAIGN_PAUSED = "camp_paused", "Its campaign is paused"
    RETRY = "retry", "The last try failed; it will be tried again"


BY_HOURS = (Hold.QUIET_HOURS, Hold.DAY_OFF, Hold.CAMPAIGN_TIME, Hold.MEMBER_TIME)
BY_LIMIT = (
    Hold.NEW_LIMIT, Hold.HOUR_LIMIT, Hold.RAMP_LIMIT, Hold.TOTAL_LIMIT, Hold.PLAN_NEW, Hold.PLAN_TOTAL, Hold.LINE_RESTS,
)  # fmt: skip
"""Holds that end at a time that can be told, and sooner when hours or limits are changed."""


class Origin(models.TextChoices):
    """Who caused an outgoing message. Everything but a person is automation (R4)."""

    PERSON = "person", "A person"
    CONSENT = "consent", "Consent message"
    CONFIRMATION = "confirmation", "Opt-out confirmation"
    DEVICE = "device", "Written on the line's own device"
    CAMPAIGN = "campaign", "A campaign"
    API = "api", "The API"
    AUTO = "auto", "An automatic reply"
    BATCH = "batch", "Sent to many leads at once"
    REMINDER = "reminder", "A reminder"


class SkipReason(models.TextChoices):
    """Why a lead of a batch gets no message."""

    OPTED_OUT = "opted_out", "Opted out"
    EXCLUDED = "excluded", "Excluded, or at an excluded company"
    REMOVAL = "removal", "Asked to be removed; a person decides"
    NO_ADDRESS = "no_address", "No address to send to"
    NO_TYPE = "no_type", "Cannot be reached by the chosen type"
    NO_LINE = "no_line", "Their line is not connected"
    NO_FIELD = "no_field", "A merge field is empty and has no fallback"
    SAME_PERSON = "same_person", "Has it already, as another lead that was merged"
    CANCELLED = "cancelled", "Cancelled before it was made"


TO_MANY = (Origin.BATCH, Origin.CAMPAIGN)
"""What the outbox looks at after what people write."""

NO_ANSWERS = (*TO_MANY, Origin.REMINDER)
"""Automation that answers nobody: the contact's hours hold for it also on the day they wrote."""

NOT_AUTOMATED = (Origin.PERSON, Origin.CONSENT, Origin.CONFIRMATION)
"""A person's own message, and the two that only ever accompany one or answer the contact."""


class AttemptState(models.TextChoices):
    OPEN = "open", "In flight"
    ACCEPTED = "accepted", "Accepted"
    REJECTED = "rejected", "Rejected"
    UNKNOWN = "unknown", "Outcome unknown"
    ABSENT = "absent", "Never reached the gateway"


class FallbackCause(models.TextChoices):
    """Why an iMessage went as SMS (S0-70)."""

    NOT_REGISTERED = "not_registered", "The number is not registered with iMessage"
    IMESSAGE_FAILED = "imessage_failed", "iMessage was unavailable at send time"
    GATEWAY = "gateway", "The device or carrier fell back by itself"
