"""The command must answer at once: nothing heavy is loaded before it is needed."""

import json
import subprocess
import sys

import pytest
import typer
from typer.main import get_command

from orderwright.cli.app import COMMANDS, CommandTable, app

# What each costs is paid by every --help and every mistyped command.
HEAVY = {
    "fastapi",
    "starlette",
    "sqlalchemy",
    "alembic",
    "uvicorn",
    "pydantic",
    "structlog",
    "rich",
}


def modules_after(program: str) -> set[str]:
    report = f"{program}\nimport json, sys\nprint(json.dumps(list(sys.modules)), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", report], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in json.loads(ran.stderr.splitlines()[-1])}


@pytest.mark.parametrize(
    "module", ["orderwright.cli", "orderwright.cli.entry", "orderwright.cli.app"]
)
def test_importing_the_command_line_loads_nothing_heavy(module: str) -> None:
    assert modules_after(f"import {module}") & HEAVY == set()


def test_the_version_is_told_without_even_a_command_line_parser() -> None:
    program = (
        "import sys\nsys.argv = ['orderwright', 'version']\n"
        "from orderwright.cli.entry import main\nmain()"
    )

    assert "typer" not in modules_after(program)


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nsys.argv = ['orderwright', '--help']\n"
        "from orderwright.cli.entry import main\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert stop.code == 0"
    )

    assert modules_after(program) & HEAVY == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_can_be_loaded_and_says_what_the_table_says(name: str) -> None:
    context = typer.Context(get_command(app))

    command = CommandTable().get_command(context, name)

    assert command.name == name
    assert (command.help or "").splitlines()[0] == COMMANDS[name]
