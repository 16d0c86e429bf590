"""Turn the texts of the environment into what Django, Celery and the mail backend take. Each refuses with a text for people."""

import base64
import binascii
import ipaddress
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database(url: str) -> dict[str, Any]:
    """Django's database settings for postgresql://role:password@host:port/name?option=value.

    A host given as ?host=/directory is the directory of a unix socket, as libpq has it.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(f"DATABASE_URL must begin with postgresql://, not with {parts.scheme}://")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return {
        "NAME": unquote(parts.path.removeprefix("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def broker(redis_url: str) -> str:
    """The same server in Celery's spelling. Only unix sockets differ: unix:///path?db=1 is redis+socket:///path?virtual_host=1."""
    parts = urlsplit(redis_url)
    if parts.scheme in {"redis", "rediss"}:
        return redis_url
    if parts.scheme != "unix":
        raise ImproperlyConfigured("REDIS_URL must begin with redis://, rediss:// or unix://")
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def email(url: str) -> dict[str, Any]:
    """Django's mail settings for smtp://user:password@host:port/?tls=true (or ?ssl=true), console:// and file:///directory."""
    parts = urlsplit(url)
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "file":
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": unquote(parts.path)}
    if parts.scheme != "smtp" or not parts.hostname:
        raise ImproperlyConfigured("EMAIL_URL must be smtp://user:password@host:port/?tls=true, console:// or file:///directory")
    options = parse_qs(parts.query)
    ssl = options.get("ssl", ["false"])[0] == "true"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if ssl else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": options.get("tls", ["false"])[0] == "true",
        "EMAIL_USE_SSL": ssl,
        "EMAIL_TIMEOUT": 15,
    }


def public_url(url: str) -> str:
    """The address without a closing slash."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
        raise ImproperlyConfigured("PUBLIC_URL must be the plain address of the console: https://console.example.com")
    return url.rstrip("/")


def fernet_keys(text: str) -> list[str]:
    """Comma-separated Fernet keys, newest first; each is 32 bytes in url-safe base64 (cryptography's Fernet)."""
    keys = [key.strip() for key in text.split(",") if key.strip()]
    for number, key in enumerate(keys, start=1):
        try:
            whole = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            whole = False
        if not whole:
            raise ImproperlyConfigured(f"Key {number} of LINE_SECRET_KEYS is no Fernet key (32 bytes in url-safe base64).")
    return keys


def networks(text: str) -> list[str]:
    """Comma-separated CIDR ranges such as 10.0.0.0/8."""
    ranges = [part.strip() for part in text.split(",") if part.strip()]
    for part in ranges:
        try:
            ipaddress.ip_network(part)
        except ValueError as error:
            raise ImproperlyConfigured(f"GATEWAY_ALLOWED_NETWORKS: {error}") from None
    return ranges
