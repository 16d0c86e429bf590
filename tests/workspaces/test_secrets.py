"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from workspaces.secrets import SecretUnreadable, reseal, seal, unseal

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def old_key(settings: Settings) -> None:
    settings.LINE_SECRET_KEYS = [OLD]


def test_sealed_text_can_be_read_and_does_not_show_it() -> None:
    sealed = seal("hunter2 ünï")
    assert "hunter2" not in sealed
    assert unseal(sealed) == "hunter2 ünï"


def test_same_text_is_sealed_differently_each_time() -> None:
    assert seal("hunter2") != seal("hunter2")


def test_nothing_stays_nothing() -> None:
    assert (seal(""), unseal("")) == ("", "")


def test_wrong_key_raises_and_hands_nothing_out(settings: Settings) -> None:
    sealed = seal("hunter2")
    settings.LINE_SECRET_KEYS = [NEW]
    with pytest.raises(SecretUnreadable) as caught:
        unseal(sealed)
    assert sealed not in str(caught.value)
    assert "LINE_SECRET_KEYS" in str(caught.value)


@pytest.mark.parametrize("broken", ["plain text", "gAAAA", seal.__name__])
def test_what_was_never_sealed_raises(broken: str) -> None:
    with pytest.raises(SecretUnreadable):
        unseal(broken)


def test_tampered_text_raises() -> None:
    sealed = seal("hunter2")
    with pytest.raises(SecretUnreadable):
        unseal(sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB="))


def test_secret_key_opens_nothing(settings: Settings) -> None:
    sealed = seal("hunter2")
    settings.SECRET_KEY = "another"
    assert unseal(sealed) == "hunter2"


def test_rotation_reads_old_and_seals_new(settings: Settings) -> None:
    sealed = seal("hunter2")
    settings.LINE_SECRET_KEYS = [NEW, OLD]
    anew = reseal(sealed)
    settings.LINE_SECRET_KEYS = [NEW]
    assert unseal(anew) == "hunter2"
    with pytest.raises(SecretUnreadable):
        unseal(sealed)


def test_without_keys_nothing_is_sealed(settings: Settings) -> None:
    settings.LINE_SECRET_KEYS = []
    with pytest.raises(ImproperlyConfigured):
        seal("hunter2")
