"""What the models say is what the migrations make."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState


def test_every_app_ends_in_one_migration_and_no_model_is_ahead_of_it() -> None:
    loader = MigrationLoader(None)
    assert loader.detect_conflicts() == {}
    changes = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps)).changes(graph=loader.graph)
    ahead = {
        app: [operation.describe() for one in migrations for operation in one.operations] for app, migrations in changes.items()
    }
    assert not ahead, "run manage.py makemigrations"
