"""The one way in which an action says no."""

from __future__ import annotations


class Refused(Exception):
    """What was asked cannot be done, and nothing was. The text says why and what helps, for the person who asked."""
