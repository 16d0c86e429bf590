"""The words every gateway adapter shares with the rest of the product.

The values of the string enums are stored in the database and shown in the API: renaming one is a migration.
"""

from __future__ import annotations

import enum


class Service(enum.StrEnum):
    """What carried a message, as the gateway reports it (never guessed from an address)."""

    IMESSAGE = "imessage"
    SMS = "sms"
    RCS = "rcs"
    EMAIL = "email"
    UNKNOWN = "unknown"  # macOS 26 names chats "any;-;…": the service is then only on the handle


class Capability(enum.Flag):
    """What differs between gateways and the product asks about, before it calls."""

    FORCE_SMS = enum.auto()  # an iMessage line that can send SMS too
    REACT = enum.auto()
    TYPING = enum.auto()
    MARK_READ = enum.auto()
    AVAILABILITY = enum.auto()
    WEBHOOK_API = enum.auto()  # subscriptions can be managed over the API
    CONFIRMS_OPTOUT = enum.auto()  # the vendor itself answers STOP


class Tapback(enum.StrEnum):
    """The six classic tapbacks (S4-18); the names are the wire names of BlueBubbles too."""

    LOVE = "love"
    LIKE = "like"
    DISLIKE = "dislike"
    LAUGH = "laugh"
    EMPHASIZE = "emphasize"
    QUESTION = "question"


class FallbackWhen(enum.StrEnum):
    """Conditions that may turn an iMessage into an SMS (S4-11)."""

    UNSUPPORTED = "imessage_unsupported"  # the recipient has no iMessage
    FAILS = "imessage_fails"  # any other definite failure of the iMessage


class State(enum.StrEnum):
    """What the gateway knows about one outgoing message."""

    UNKNOWN = "unknown"  # sent or not, nobody knows yet: reconcile, never resend
    SENT = "sent"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"


class Reason(enum.StrEnum):
    """Why a message was not delivered: a closed list (S0-71)."""

    INVALID_NUMBER = "invalid_number"
    UNREACHABLE = "unreachable"
    CARRIER_ISSUE = "carrier_issue"
    IMESSAGE_ISSUE = "imessage_issue"
    LINE_ISSUE = "line_issue"
    CHANNEL_LIMIT = "channel_limit"
    CONTACT_DATA = "contact_data"
    MESSAGE_RESTRICTION = "message_restriction"
