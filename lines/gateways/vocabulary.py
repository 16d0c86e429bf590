"""The words every gateway adapter shares with the rest of the product.

Values are stored in the database and shown in the API: renaming one is a migration.
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
    """What an adapter can do. Callers test the flag; calling without it raises NotSupported."""

    SEND_TEXT = enum.auto()
    SEND_MEDIA_UPLOAD = enum.auto()  # we push bytes
    SEND_MEDIA_URL = enum.auto()  # the vendor pulls a public https URL
    NATIVE_FALLBACK = enum.auto()  # the vendor falls back to SMS by itself
    FORCE_SMS = enum.auto()
    REACT = enum.auto()
    UNREACT = enum.auto()
    TYPING = enum.auto()
    TYPING_STOP = enum.auto()
    MARK_READ = enum.auto()
    AVAILABILITY = enum.auto()
    HISTORY = enum.auto()
    GET_MESSAGE = enum.auto()
    GET_ATTACHMENT = enum.auto()
    DELIVERY_EVENTS = enum.auto()
    READ_EVENTS = enum.auto()
    REACTION_EVENTS = enum.auto()
    TYPING_EVENTS = enum.auto()
    WEBHOOK_API = enum.auto()  # subscriptions can be managed over the API
    WEBHOOK_SIGNED = enum.auto()
    IDEMPOTENT_SEND = enum.auto()  # the same key can be sent again safely at any later time
    LINE_USAGE = enum.auto()
    CONFIRMS_OPTOUT = enum.auto()  # the vendor itself answers STOP
    FIRST_CONTACT = enum.auto()  # may write to someone who never wrote to this line


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
    """What the gateway knows about one outgoing message; see `merge`."""

    UNKNOWN = "unknown"  # sent or not, nobody knows yet: reconcile, never resend
    QUEUED = "queued"
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


_RANK = {state: rank for rank, state in enumerate(State)}


def merge(old: State, new: State) -> State:
    """The state after hearing `new`: never lower, so disorder and duplicates do no harm.

    Delivered beats failed: gateways report both of one message, and only delivery is evidence.
    """
    return new if _RANK[new] > _RANK[old] else old
