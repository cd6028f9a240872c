"""The benchmark runs, accounts for every order and tells all it was asked; how fast is not a test."""

import json
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

from benchmarks.goals import GOALS
from benchmarks.sizes import ROWS

# Nine processes start one after the other, on a machine that may have better to do.
pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    file = tmp_path_factory.mktemp("benchmark") / "figures.json"
    ran = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--smoke", "--quiet", "--json", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    figures: dict[str, Any] = json.loads(file.read_text())
    return figures


def test_every_order_is_accounted_for_on_every_side(told: Mapping[str, Any]) -> None:
    assert {each["subject"]: each["faults"] for each in told["correctness"]} == {
        "one": [],
        "sqlite": [],
        "pgbench": [],
    }
    assert all(each["orders"] > 0 for each in told["correctness"])


def test_each_row_is_measured_or_said_to_be_missing(told: Mapping[str, Any]) -> None:
    assert [each["goal"] for each in told["goals"]] == [goal.text for goal in GOALS]
    assert {each["row"] for each in told["goals"]} == set(ROWS)
    for each in told["goals"]:
        assert (each["reached"] is None) == (each["met"] is None)
    missing = {each["goal"] for each in told["goals"] if each["met"] is None}
    assert missing <= {
        "placement ÷ pgbench, several processes",
        "hot SKU ÷ pgbench hot, several",
        "hot SKU ÷ spread, several",
        "POST /orders/batch ÷ single",
    }


def test_each_side_tells_its_rate_and_what_it_cost(told: Mapping[str, Any]) -> None:
    sides = {name: samples for name, samples in told["sides"].items() if samples}
    assert {"pgbench spread", "one spread", "sqlite spread", "list", "bare list"} <= set(sides)
    for samples in sides.values():
        assert all(each["rate"] > 0 for each in samples)
    assert told["statements"]["orders"] > 0
    assert told["statements"]["an_order"] > 0
    assert told["overload"]["statuses"]["201"] > 0


def test_machine_versions_and_settings_stand_beside_the_figures(told: Mapping[str, Any]) -> None:
    assert {"processor", "cores", "python", "postgresql", "sqlite"} <= set(told["machine"])
    assert told["settings"]["rounds"] == 1
