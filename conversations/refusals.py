"""Why a message was not made, in words for the person who wrote it."""

from __future__ import annotations

from workspaces import refused


class Refused(refused.Refused):
    """The message was not made; `field` is the form field that the text belongs to."""

    def __init__(self, message: str, *, field: str = "body") -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class CannotWrite(Exception):
    """A campaign's step cannot be taken for this lead; the text says why."""


class NotYet(Exception):
    """It can be taken later; the text says what it waits for."""
