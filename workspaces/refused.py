"""The exception with which an action refuses."""

from __future__ import annotations


class Refused(Exception):
    """What was asked cannot be done, and nothing was. The text says why and what helps, for the person who asked."""
