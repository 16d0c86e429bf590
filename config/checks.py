"""The app connects as an ordinary role, or not at all."""

import sys
import time
from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, OperationalError, connection

from config import parsing

ADVICE = "Make two ordinary roles with ops/roles.sql and put them into DATABASE_URL and MIGRATION_DATABASE_URL."
# Of the role itself and of every role it may become.
POWERS = """
select r.rolname, r.rolsuper, r.rolbypassrls
  from pg_roles r
 where (r.rolsuper or r.rolbypassrls) and (r.rolname = %(role)s or pg_has_role(%(role)s, r.oid, 'member'))
 order by r.rolname <> %(role)s, r.rolname limit 1
"""


OWNS = "select exists (select from pg_class where relname = 'workspaces_workspace' and pg_get_userbyid(relowner) = %s)"


MIGRATES = "select current_user, has_schema_privilege(current_user, 'public', 'create')"


def cannot_migrate() -> str | None:
    """Why the role that migrates cannot, in words; None when it can, or when this connection is another role's."""
    with connection.cursor() as cursor:
        cursor.execute(MIGRATES)
        role, may = cursor.fetchone()
    if may or role != parsing.database(settings.MIGRATION_DATABASE_URL)["USER"]:
        return None
    return f"The database role {role} may not make tables."


def owns_tables(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(OWNS, [role])
        (owns,) = cursor.fetchone()
    return bool(owns)


def too_powerful(role: str) -> str | None:
    """Why `role` must not be the app's, in words; None when it is an ordinary one. Raises DatabaseError when unreachable."""
    with connection.cursor() as cursor:
        cursor.execute(POWERS, {"role": role})
        row = cursor.fetchone()
    if row is None:
        return None
    name, is_superuser, _ = row
    power = "a superuser" if is_superuser else "exempt from row-level security"
    if name == role:
        return f"The app's database role {role} is {power}."
    return f"The app's database role {role} may become {name}, which is {power}."


@register(Tags.database)
def ordinary_role(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> Iterable[CheckMessage]:
    """`manage.py check --database default`, and before every migration."""
    if not databases:
        return []
    role = settings.DATABASE_APP_ROLE
    try:
        if problem := too_powerful(role):
            return [Error(problem, hint=ADVICE, id="switchboard.E001")]
        if problem := cannot_migrate():
            return [Error(problem, hint=ADVICE, id="switchboard.E003")]
        if owns_tables(role):
            return [Warning(f"The app's database role {role} owns the tables it works on.", hint=ADVICE, id="switchboard.W001")]
    except OperationalError as error:
        return [Error(f"The database does not answer: {error}", id="switchboard.E002")]
    return []


def refuse_powerful_role(patience: float = 30) -> None:
    """For the start of web, worker and beat: end the process when the role is too powerful, or the database stays away.

    `patience` is how many seconds to wait for a database that is still starting.
    """
    deadline = time.monotonic() + patience
    while True:
        try:
            problem = too_powerful(settings.DATABASE_APP_ROLE)
            break
        except DatabaseError as error:
            if time.monotonic() > deadline:
                sys.exit(f"The database does not answer: {error}")
            time.sleep(0.5)
        finally:
            connection.close()
    if problem:
        sys.exit(f"{problem} {ADVICE}")
