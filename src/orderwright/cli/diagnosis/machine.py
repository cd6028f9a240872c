"""The machine: Python, disk, files and port."""

import platform
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from orderwright.cli.diagnosis.check import Check, fail, ok, warn
from orderwright.cli.failures import Failure
from orderwright.cli.serving.sockets import bind

PYTHON_MIN = (3, 11)
MIB = 1024 * 1024
# Below the first, a day of orders may fill the disk; below the second, so may a checkpoint.
DISK_WARN_BYTES = 1024 * MIB
DISK_FAIL_BYTES = 100 * MIB
_OTHERS_MAY_TOUCH = 0o077


def python() -> Check:
    found = platform.python_version()
    if sys.version_info < PYTHON_MIN:
        return fail("python", f"Python {found}", fix="install Python 3.11 or newer")
    return ok("python", f"Python {found} ({platform.python_implementation()})")


def data_directory(directory: Path) -> Check:
    name = "data directory"
    if not directory.exists():
        return ok(name, f"{directory} will be made on first use")
    try:
        with tempfile.TemporaryFile(dir=directory):
            return ok(name, f"{directory} can be written")
    except OSError as error:
        fix = f"give this user write access to {directory}, or set DATA_DIR"
        return fail(name, f"{directory}: {error.strerror}", fix=fix)


def private_files(directory: Path) -> Check:
    exposed = [str(file) for file in _private(directory) if _is_exposed(file)]
    if not exposed:
        return ok("secret files", "readable by their owner only")
    detail = f"others may read {', '.join(exposed)}"
    return warn("secret files", detail, fix=f"chmod 600 {' '.join(exposed)}")


def disk_space(directory: Path) -> Check:
    free = shutil.disk_usage(_nearest_existing(directory)).free
    detail = f"{free // MIB:,} MiB free for {directory}"
    if free >= DISK_WARN_BYTES:
        return ok("disk space", detail)
    found = fail if free < DISK_FAIL_BYTES else warn
    return found("disk space", detail, fix="make room, or set DATA_DIR to a larger disk")


def port(host: str, number: int) -> Check:
    try:
        listener: socket.socket = bind(host, number)
    except Failure as failure:
        fix = "stop what listens there, or use --port (fine if it is Orderwright itself)"
        return warn("port", failure.detail, fix=fix)
    listener.close()
    return ok("port", f"{host}:{number} is free")


def _private(directory: Path) -> Iterator[Path]:
    yield from (directory / "secrets").glob("*")
    yield from directory.glob("dev-api-key")


def _is_exposed(file: Path) -> bool:
    return bool(file.stat().st_mode & _OTHERS_MAY_TOUCH)


def _nearest_existing(directory: Path) -> Path:
    return next(each for each in (directory, *directory.parents) if each.exists())
