"""Opaque public ids: what URLs and the API show instead of row numbers."""

import base64
import secrets

ID_LENGTH = 12


def new_public_id() -> str:
    """72 random bits as 12 URL-safe characters."""
    return secrets.token_urlsafe(9)


def new_public_ids(count: int) -> list[str]:
    """The same, many at once."""
    letters = base64.urlsafe_b64encode(secrets.token_bytes(9 * count)).decode()
    return [letters[at : at + ID_LENGTH] for at in range(0, len(letters), ID_LENGTH)]
