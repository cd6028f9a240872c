import re
import tomllib
from pathlib import Path
from typing import Any, Final

import pytest

_REPOSITORY: Final = Path(__file__).parents[2]
_REQUIREMENTS: Final = _REPOSITORY / "requirements"
_NAME: Final = re.compile(r"^[A-Za-z0-9_.-]+")


def project() -> dict[str, Any]:
    read: dict[str, Any] = tomllib.loads((_REPOSITORY / "pyproject.toml").read_text())
    return read


def names(requirements: list[str]) -> set[str]:
    """Normalised as PEP 503 has it."""
    found = (_NAME.match(each) for each in requirements)
    return {re.sub(r"[-_.]+", "-", each[0]).lower() for each in found if each is not None}


def lines(file: str) -> list[str]:
    return (_REQUIREMENTS / file).read_text().splitlines()


def pins(file: str) -> dict[str, str]:
    pinned = (line.removesuffix(" \\").partition("==") for line in lines(file) if "==" in line)
    return {name: version for name, _, version in pinned}


@pytest.mark.parametrize("file", ["core.txt", "dev.txt"])
def test_a_lock_holds_pins_and_hashes_and_names_no_registry(file: str) -> None:
    pin = re.compile(r"[a-z0-9-]+(\[[a-z,]+\])?==\S+( ; [^;]+)? \\")
    hashed = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

    strange = [
        line for line in lines(file) if not pin.fullmatch(line) and not hashed.fullmatch(line)
    ]

    assert strange == []


def test_tests_run_on_what_the_service_runs_on() -> None:
    assert pins("core.txt").items() <= pins("dev.txt").items()


def test_what_the_package_needs_is_locked() -> None:
    needed = project()["project"]["dependencies"] + project()["build-system"]["requires"]

    assert names(needed) <= names(lines("core.in"))


def test_the_served_databases_and_the_fast_server_are_in_the_lock() -> None:
    extras = project()["project"]["optional-dependencies"]

    assert names(extras["speed"] + extras["postgres"]) <= names(lines("core.in"))
