"""Opaque public ids: what URLs and the API show instead of row numbers."""

import secrets

ID_LENGTH = 12


def new_public_id() -> str:
    """72 random bits as 12 URL-safe characters."""
    return secrets.token_urlsafe(9)
