"""The wiring as an app: its commands, its checks, and what has to follow every migration."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class HouseConfig(AppConfig):
    name = "config"
    label = "config"
    verbose_name = "Switchboard"

    def ready(self) -> None:
        from config import celery, checks, grants  # noqa: F401 - importing makes the Celery app current and registers the checks

        # Sent once for each app after all of them have migrated; once is enough.
        post_migrate.connect(grants.after_migrate, sender=apps.get_app_config("workspaces"), dispatch_uid="config.grants")
