"""The command as a shell runs it: a process, its two outputs, and its exit code."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orderwright.config import Settings

_SETTINGS = {name.upper() for name in Settings.model_fields}


@dataclass(frozen=True)
class Ran:
    exit_code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.exit_code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class CommandLine:
    """`orderwright` with a data directory and settings of its own."""

    directory: Path
    settings: dict[str, str]

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ran:
        done = subprocess.run(
            [sys.executable, "-m", "orderwright", *arguments],
            cwd=self.directory,
            env=self.environment(**settings),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def environment(self, **settings: str) -> dict[str, str]:
        inherited = {name: text for name, text in os.environ.items() if name not in _SETTINGS}
        return inherited | {"DATA_DIR": str(self.data_dir)} | self.settings | settings

    @property
    def data_dir(self) -> Path:
        return self.directory / "data"


@pytest.fixture
def orderwright(database_url: str, tmp_path: Path) -> CommandLine:
    """On a migrated, empty database; the test runs once for each kind."""
    return CommandLine(tmp_path, {"DATABASE_URL": database_url})


@pytest.fixture
def on_empty_desk(tmp_path: Path) -> CommandLine:
    """No database yet and no setting but the data directory."""
    return CommandLine(tmp_path, {})
