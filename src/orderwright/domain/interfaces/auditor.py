from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Violation:
    """`check` names the broken rule, `subject` the thing it is broken for, `detail` says how."""

    check: str
    subject: str
    detail: str


class Auditor(Protocol):
    async def examine(self, report: Callable[[Violation], None]) -> Mapping[str, int]:
        """Recompute every counter, sum and status from the ledgers, in one snapshot and changing
        nothing; `report` each mismatch as it is found. Gives how many things each check looked at.
        """
        ...
