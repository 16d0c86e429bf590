"""Texts of the environment become settings."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import parsing


def test_a_database_on_a_unix_socket() -> None:
    found = parsing.database("postgresql://switchboard_app@/switchboard?host=/run/pg&connect_timeout=3")
    assert found == {
        "NAME": "switchboard",
        "USER": "switchboard_app",
        "PASSWORD": "",
        "HOST": "/run/pg",
        "PORT": "",
        "OPTIONS": {"connect_timeout": "3"},
    }


@pytest.mark.parametrize(
    ("redis", "celery"),
    [
        ("redis://:secret@host:6380/2", "redis://:secret@host:6380/2"),
        ("rediss://host/0", "rediss://host/0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
        ("unix:///run/valkey.sock", "redis+socket:///run/valkey.sock?virtual_host=0"),
    ],
)
def test_celery_spells_a_unix_socket_its_own_way(redis: str, celery: str) -> None:
    assert parsing.broker(redis) == celery


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.com", 587, False, False),
        ("smtp://mail.example.com/?tls=true", 587, True, False),
        ("smtp://mail.example.com/?ssl=true", 465, False, True),
        ("smtp://mail.example.com:2525", 2525, False, False),
    ],
)
def test_mail_servers(url: str, port: int, tls: bool, ssl: bool) -> None:
    found = parsing.email(url)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.example.com", port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)


def test_mail_to_a_directory_or_the_log() -> None:
    assert parsing.email("file:///var/mail/out")["EMAIL_FILE_PATH"] == "/var/mail/out"
    assert parsing.email("console://")["EMAIL_BACKEND"].endswith("console.EmailBackend")


@pytest.mark.parametrize("url", ["ftp://example.com", "https://", "https://example.com/path", "https://example.com/?a=b"])
def test_a_public_address_is_plain(url: str) -> None:
    with pytest.raises(ImproperlyConfigured):
        parsing.public_url(url)
