"""Where and of what this was measured."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Final

from devtools.embedded_postgres import EmbeddedPostgres
from orderwright.infrastructure.database import sqlite_driver

_PACKAGES: Final = ("fastapi", "starlette", "uvicorn", "sqlalchemy", "asyncpg", "aiosqlite")
_MIB: Final = 1024 * 1024


def described(postgres: EmbeddedPostgres) -> dict[str, str]:
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') // _MIB} MiB",
        "load before": " ".join(f"{each:.2f}" for each in os.getloadavg()),
        "python": platform.python_version(),
        "postgresql": _postgresql(postgres),
        "sqlite": sqlite_driver.driver().sqlite_version,
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "commit": _commit(),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _postgresql(postgres: EmbeddedPostgres) -> str:
    asked = [postgres.program("postgres"), "--version"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()[-1]


def _commit() -> str:
    asked = ["git", "describe", "--always", "--dirty"]
    try:
        told = subprocess.run(asked, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return told.stdout.strip()
