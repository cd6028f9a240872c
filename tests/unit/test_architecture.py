"""The contracts of pyproject.toml hold, and each of them is able to fail."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any, Final

import grimp
import pytest

_REPOSITORY: Final = Path(__file__).parents[2]
_PACKAGE: Final = _REPOSITORY / "src" / "orderwright"

# What breaks each contract, and it alone: new modules, and what they import.
_VIOLATIONS: Final[dict[str, dict[str, str]]] = {
    "layers": {"domain/planted.py": "orderwright.application"},
    "pure-domain": {"domain/planted.py": "random"},
    "plain-application": {"application/planted.py": "fastapi"},
    "edges-ask-the-container": {"api/planted.py": "orderwright.infrastructure.system.clock"},
    "light-commands": {"cli/planted.py": "sqlalchemy"},
    "settings-stay-outside": {"infrastructure/planted.py": "orderwright.config"},
    "generic-rooms": {"infrastructure/security/planted.py": "orderwright.domain.entities.order"},
    "resilience-alone": {
        "infrastructure/resilience/planted.py": "orderwright.domain.interfaces.clock"
    },
    "stranger-at-the-till": {"sandbox_gateway/planted.py": "orderwright.domain.errors"},
    "no-cycles": {
        "infrastructure/security/planted.py": "orderwright.infrastructure.system.clock",
        "infrastructure/system/planted.py": "orderwright.infrastructure.security.passwords",
    },
}


def contracts() -> dict[str, str]:
    """Their names, which the linter prints, by id."""
    configuration: dict[str, Any] = tomllib.loads((_REPOSITORY / "pyproject.toml").read_text())
    listed = configuration["tool"]["importlinter"]["contracts"]
    return {contract["id"]: contract["name"] for contract in listed}


def broken_contracts(source: Path) -> list[str]:
    linter = subprocess.run(
        [
            Path(sys.executable).with_name("lint-imports"),
            "--no-cache",
            f"--config={_REPOSITORY / 'pyproject.toml'}",
        ],
        check=False,
        capture_output=True,
        text=True,
        cwd=source,
        env=os.environ | {"PYTHONPATH": str(source), "COLUMNS": "200"},
    )
    verdicts = {id: _verdict(name, linter.stdout) for id, name in contracts().items()}
    return [id for id, verdict in verdicts.items() if verdict == "BROKEN"]


def _verdict(name: str, report: str) -> str:
    said = re.search(rf"^{re.escape(name)} (KEPT|BROKEN)", report, re.MULTILINE)
    assert said is not None, report
    return said[1]


def test_the_house_keeps_every_contract() -> None:
    assert broken_contracts(_PACKAGE.parent) == []


def test_every_contract_has_a_violation_to_try_it_with() -> None:
    assert _VIOLATIONS.keys() == contracts().keys()


@pytest.mark.parametrize("contract", _VIOLATIONS)
def test_a_planted_violation_breaks_its_contract_and_no_other(
    contract: str, tmp_path: Path
) -> None:
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(_PACKAGE, tmp_path / "orderwright", ignore=skipped)
    for module, imported in _VIOLATIONS[contract].items():
        (tmp_path / "orderwright" / module).write_text(f"import {imported}\n")

    assert broken_contracts(tmp_path) == [contract]


def test_the_domain_imports_the_standard_library_alone() -> None:
    graph = grimp.build_graph("orderwright", include_external_packages=True, cache_dir=None)
    domain = {"orderwright.domain"} | graph.find_descendants("orderwright.domain")
    imported = {
        each for module in domain for each in graph.find_modules_directly_imported_by(module)
    }

    assert imported - domain <= sys.stdlib_module_names
