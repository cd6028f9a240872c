"""The command as a shell runs it: arguments and environment in, two outputs and a code out."""

import io
import json
import logging
import os
import threading
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from orderwright.cli.entry import main
from orderwright.config import Settings, get_settings
from tests.patience import PATIENT_SETTINGS

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


class CommandLine:
    """`orderwright` with a data directory and settings of its own, without a process of its own:
    starting Python and importing everything takes longer than what most commands do."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        self.directory = directory
        self.data_dir = directory / "data"
        self._settings = settings

    def __call__(self, *arguments: str, stdin: str = "", **settings: str) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.directory)
            patch.setattr("os.environ", self.environment(**settings))
            patch.setattr("sys.stdin", io.StringIO(stdin))
            with redirect_stdout(out), redirect_stderr(err):
                exit_code = _run_alone(list(arguments))
        return Ran(exit_code, out.getvalue(), err.getvalue())

    def environment(self, **settings: str) -> dict[str, str]:
        inherited = {name: text for name, text in os.environ.items() if name not in _SETTINGS}
        return inherited | {"DATA_DIR": str(self.data_dir)} | self._settings | settings


def _run_alone(arguments: list[str]) -> int:
    """In a thread, because commands bring their own event loop and tests already have one."""
    codes: list[int] = []

    def run() -> None:
        get_settings.cache_clear()
        try:
            main(arguments)
        except SystemExit as stop:
            codes.append(int(stop.code or 0))
        else:
            codes.append(0)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return codes[0]


@pytest.fixture(autouse=True)
def _logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    get_settings.cache_clear()


@pytest.fixture
def orderwright(database_url: str, tmp_path: Path) -> CommandLine:
    """On a migrated, empty database; the test runs once for each kind."""
    return CommandLine(tmp_path, {"DATABASE_URL": database_url, **PATIENT_SETTINGS})


@pytest.fixture
def on_empty_desk(tmp_path: Path) -> CommandLine:
    """No database yet and no setting but the data directory."""
    return CommandLine(tmp_path, {})
