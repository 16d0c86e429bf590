"""What happens around a management command: the database role it takes, and servers to talk to."""

import os
import sys
from contextlib import ExitStack
from typing import Final

from config.embedded import console, reset
from config.embedded.paths import data_directory
from config.embedded.process import ServerError
from config.embedded.servers import servers

# They change or describe the schema, which is the owner's.
AS_OWNER: Final = frozenset(
    {"migrate", "makemigrations", "showmigrations", "sqlmigrate", "squashmigrations", "optimizemigration", "flush"}
)
# They talk to no server.
WITHOUT_SERVERS: Final = frozenset(
    {"", "help", "version", "--help", "-h", "--version", "collectstatic", "findstatic", "diffsettings"}
    | {"makemessages", "compilemessages", "startapp", "phone_network"}
)


def main(arguments: list[str]) -> None:
    command = arguments[1] if len(arguments) > 1 else ""
    # These two come before the settings: the console completes the environment that the settings read.
    if command == "console":
        sys.exit(console.main(arguments[2:]))
    if command == "reset":
        sys.exit(reset.main())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if command in AS_OWNER:
        os.environ["SWITCHBOARD_DATABASE_ROLE"] = "owner"
    with ExitStack() as stack:
        if needs_servers(command, arguments):
            try:
                stack.enter_context(servers(data_directory()))
            except ServerError as error:
                sys.exit(f"manage.py: {error}")
        # Imported late: it reads the settings, and those of the embedded set-up want the data directory to be there.
        from django.core.management import execute_from_command_line

        execute_from_command_line(arguments)


def needs_servers(command: str, arguments: list[str]) -> bool:
    """Whether the command talks to servers that nobody named. Half a configuration is left to the settings to refuse."""
    named = os.environ.get("DATABASE_URL") or os.environ.get("REDIS_URL")
    return not named and command not in WITHOUT_SERVERS and not {"--help", "-h"} & set(arguments)
