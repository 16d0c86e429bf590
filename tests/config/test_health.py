"""/healthz and /metrics tell the truth about their parts, to whom they are for."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings


@pytest.fixture
def database_away(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], None]]:
    """New connections look for PostgreSQL where there is none, until the returned function is called."""
    host = connection.settings_dict["HOST"]

    def back() -> None:
        connection.close()
        connection.settings_dict["HOST"] = host

    connection.close()
    connection.settings_dict["HOST"] = str(tmp_path)
    yield back
    back()


@pytest.fixture
def redis_away(settings: Settings, tmp_path: Path) -> None:
    nowhere = f"unix://{tmp_path}/none.sock?db=0"
    settings.REDIS_URL = nowhere
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": nowhere}}


@pytest.mark.django_db
def test_healthz_answers_200_when_database_and_redis_answer(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "up", "database": "up", "redis": "up"}


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_healthz_sends_a_policy_that_allows_nothing(client: Client, method: str) -> None:
    response = client.generic(method, "/healthz")
    assert response["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_healthz_answers_503_when_redis_is_gone(client: Client, redis_away: None) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "up", "redis": "down"}


def test_healthz_answers_503_when_the_database_is_gone(client: Client, database_away: Callable[[], None]) -> None:
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {"status": "down", "database": "down", "redis": "up"}


def test_healthz_recovers_with_its_database(client: Client, database_away: Callable[[], None]) -> None:
    assert client.get("/healthz").status_code == 503
    database_away()
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_healthz_answers_a_probe_by_any_name_without_tls(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["console.example.com"]
    assert client.get("/healthz", headers={"host": "10.1.2.3:8000"}).status_code == 200
    assert client.post("/healthz").status_code == 405


@pytest.mark.django_db
def test_healthz_waits_for_the_other_processes_of_make_run(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.HEALTH_DIRECTORY = str(tmp_path)
    (tmp_path / "worker").touch()
    (tmp_path / "phones").touch()
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["beat"] == "starting"
    (tmp_path / "beat").touch()
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_metrics_are_for_who_shows_the_token(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = "let-me-in"
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer let-me-im"}).status_code == 404
    answer = client.get("/metrics", headers={"authorization": "Bearer let-me-in"})
    assert answer.status_code == 200
    assert 'switchboard_up{part="database"} 1.0' in answer.text
    assert "switchboard_messages_due 0.0" in answer.text
    assert 'switchboard_queue_tasks{queue="sending"} 0.0' in answer.text


@pytest.mark.django_db
def test_metrics_without_a_token_are_for_this_machine_alone(client: Client, settings: Settings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics").status_code == 200
    assert client.get("/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404


@pytest.mark.django_db
def test_metrics_say_which_part_is_away(client: Client, settings: Settings, redis_away: None) -> None:
    settings.METRICS_TOKEN = ""
    answer = client.get("/metrics")
    assert 'switchboard_up{part="redis"} 0.0' in answer.text
    assert 'switchboard_up{part="database"} 1.0' in answer.text
    assert "switchboard_queue_tasks{" not in answer.text
