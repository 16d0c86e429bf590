"""Chat guids: `<service>;-;<address>` for one person, `<service>;+;chatNNN` for a group.

macOS 26 writes `any` for every service. So a guid is a hint about where to write, never a key.
"""

from __future__ import annotations

from lines.gateways.vocabulary import Service


def chat_guid(to: str, service: Service, *, any_service: bool) -> str:
    """Where a message to `to` belongs when no thread is known."""
    prefix = "any" if any_service else ("SMS" if service is Service.SMS else "iMessage")
    return f"{prefix};-;{to}"


def fits(thread: str, service: Service) -> bool:
    """Whether writing into `thread` sends by `service`: an SMS must not go into an iMessage chat."""
    prefix = thread.partition(";")[0].lower()
    if service is Service.SMS:
        return prefix == "sms"
    return prefix in ("imessage", "any")


def same_address(one: str, other: str) -> bool:
    """Addresses as Messages compares them: case is nothing, phone numbers by their digits."""
    if "@" in one or "@" in other:
        return one.strip().lower() == other.strip().lower()
    return _digits(one) == _digits(other) != ""


def _digits(address: str) -> str:
    return "".join(character for character in address if character.isdecimal())
