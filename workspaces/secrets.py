"""Secrets at rest. Those that we have to show again are sealed; those that others bring are kept as fingerprints.

Sealed is Fernet under the keys of `LINE_SECRET_KEYS`, newest first, never under `SECRET_KEY`. A value that cannot be read raises;
ciphertext is never handed out in its place. Old keys stay readable until `manage.py rotate_keys` has sealed every secret again.
"""

from __future__ import annotations

import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


def new_token() -> str:
    """256 random bits in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> str:
    """What is stored of a token and looked up by: its SHA-256, so that somebody who reads the table cannot use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class SecretUnreadable(Exception):
    """The stored secret was sealed with a key that is no longer configured."""


def _keyring() -> MultiFernet:
    keys: list[str] = settings.LINE_SECRET_KEYS
    if not keys:
        raise ImproperlyConfigured("Set LINE_SECRET_KEYS to one or more Fernet keys, newest first.")
    return MultiFernet([Fernet(key) for key in keys])


def seal(plain: str) -> str:
    """Ciphertext of `plain` under the newest key; the empty string stays empty."""
    return _keyring().encrypt(plain.encode()).decode() if plain else ""


def unseal(sealed: str) -> str:
    """The plain text of what `seal` returned. Raises SecretUnreadable when no configured key fits."""
    if not sealed:
        return ""
    try:
        return _keyring().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable(
            "A stored secret cannot be read with the configured LINE_SECRET_KEYS. "
            "Add the key it was sealed with, or enter the secret again."
        ) from None


def reseal(sealed: str) -> str:
    """The same secret under the newest key, for key rotation."""
    return seal(unseal(sealed))
