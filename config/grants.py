"""What the app's role may do with the tables that the owner made. Granted after each migration, by the owner."""

from typing import Any, Final

from django.conf import settings
from django.db import connections
from psycopg import sql

APPEND_ONLY: Final = ("workspaces_auditentry", "leads_consentevent")  # written once, also against ourselves
READ_ONLY: Final = ("django_migrations",)


def after_migrate(using: str, **kwargs: Any) -> None:
    """The `post_migrate` receiver. Does nothing where the app's role migrates for itself (a test that flushes)."""
    connection = connections[using]
    if connection.settings_dict["USER"] != settings.DATABASE_APP_ROLE:
        grant(using, settings.DATABASE_APP_ROLE)


def grant(using: str, role: str) -> None:
    """Give `role` rows but no schema: it may neither change, truncate nor own a table."""
    app = sql.Identifier(role)
    statements = [
        sql.SQL("grant usage on schema public to {}").format(app),
        sql.SQL("grant select, insert, update, delete on all tables in schema public to {}").format(app),
        sql.SQL("grant usage, select on all sequences in schema public to {}").format(app),
    ]
    tables = connections[using].introspection.table_names()
    for table in tables:
        if table in APPEND_ONLY:
            statements.append(sql.SQL("revoke update, delete on {} from {}").format(sql.Identifier(table), app))
        if table in READ_ONLY:
            statements.append(sql.SQL("revoke insert, update, delete on {} from {}").format(sql.Identifier(table), app))
    with connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
