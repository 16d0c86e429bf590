"""Where the embedded servers keep their data and their sockets. Pure: nothing is created and nothing is started here."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
MARKER: Final = ".switchboard-data"
SUPERUSER: Final = "postgres"
OWNER_ROLE: Final = "switchboard_owner"
APP_ROLE: Final = "switchboard_app"
DATABASE: Final = "switchboard"

# sun_path holds 108 bytes on Linux and 104 on macOS, the final zero included; the longest name we put there is 21 bytes.
LONGEST_SOCKET_DIRECTORY: Final = 103 - len("/.s.PGSQL.5432.lock") - 1


@dataclass(frozen=True)
class Paths:
    """The directories of one embedded set-up.

    `root` is what the operator named and holds secrets, mail, media and logs. `servers` holds the two databases; it is `root`
    except when we run as the superuser and nobody else can reach `root` (PostgreSQL refuses uid 0, so it runs as somebody else).
    """

    root: Path
    servers: Path
    sockets: Path

    @property
    def postgres(self) -> Path:
        return self.servers / "postgres"

    @property
    def valkey(self) -> Path:
        return self.servers / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def logs(self) -> Path:
        return self.root / "log"

    @property
    def marker(self) -> Path:
        return self.root / MARKER

    def database_url(self, role: str, database: str = DATABASE) -> str:
        return f"postgresql://{role}@/{database}?host={self.sockets}"

    def redis_url(self, number: int = 0) -> str:
        return f"unix://{self.valkey_socket}?db={number}"


def data_directory() -> Path:
    """The directory named by SWITCHBOARD_DATA_DIR, else `.run` in the checkout."""
    return Path(os.environ.get("SWITCHBOARD_DATA_DIR") or ROOT / ".run").expanduser().resolve()


def paths_of(root: Path) -> Paths:
    """Compute every place from the data directory alone, so that two processes always agree without talking."""
    tag = hashlib.sha256(os.fsencode(root)).hexdigest()[:10]
    servers = root
    if os.geteuid() == 0 and not everybody_may_pass(root):
        servers = Path("/var/lib/switchboard") / tag
    sockets = servers / "sock"
    if len(os.fsencode(sockets)) > LONGEST_SOCKET_DIRECTORY:
        sockets = Path(tempfile.gettempdir()) / f"switchboard-{os.geteuid()}-{tag}"
    return Paths(root=root, servers=servers, sockets=sockets)


def everybody_may_pass(directory: Path) -> bool:
    """Whether any user can traverse down into `directory`. Parts that do not exist yet will be made by us, open to passing."""
    for part in (directory, *directory.parents):
        try:
            mode = part.stat().st_mode
        except FileNotFoundError:
            continue
        if not mode & 0o001:
            return False
    return True
