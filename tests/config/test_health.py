"""/healthz tells the truth about its two parts."""

import pytest
from django.test import Client


@pytest.mark.django_db
def test_healthz_answers_200_when_database_and_redis_answer(client: Client) -> None:
    response = client.get("/healthz")
    assert response.status_code == 200
    assert response.json() == {"status": "up", "database": "up", "redis": "up"}
