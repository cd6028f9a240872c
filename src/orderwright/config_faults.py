"""How a bad configuration is told: by name, all at once, and never by value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError


@dataclass(frozen=True)
class Fault:
    """What is wrong with one setting. Never its value: faults are printed and logged."""

    name: str
    problem: str

    def __str__(self) -> str:
        return f"{self.name}: {self.problem}"


class BadConfiguration(Exception):
    """Everything that is wrong with the settings, so that one look repairs them all."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def faults_in(error: ValidationError) -> Iterator[Fault]:
    for problem in error.errors(include_url=False, include_input=False):
        # A default that could not be worked out only follows from another fault.
        if problem["type"] != "default_factory_not_called":
            yield Fault(_name(problem), problem["msg"].removeprefix("Value error, "))


def _name(problem: Mapping[str, Any]) -> str:
    location = problem["loc"]
    return str(location[0]).upper() if location else "settings"
