"""Every address of the house. An app's own addresses live in its `urls.py`."""

from django.urls import include, path

from config import health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("workspaces.urls")),
]
