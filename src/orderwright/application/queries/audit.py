from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orderwright.domain.interfaces.auditor import Auditor, Violation


@dataclass(frozen=True, slots=True)
class AuditReport:
    """`checked` has each check by name, with how many things it looked at."""

    checked: Mapping[str, int]
    violations: Sequence[Violation]

    @property
    def ok(self) -> bool:
        return not self.violations


async def audit(auditor: Auditor) -> AuditReport:
    """Does everything stored agree with the ledgers it was derived from?"""
    violations: list[Violation] = []
    checked = await auditor.examine(violations.append)
    return AuditReport(checked, violations)
