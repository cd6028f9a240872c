from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orderwright.domain.interfaces.dependencies import (
    Circuit,
    Circuits,
    Dependency,
    Reachability,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DependencyStatus:
    """`circuit` is None for what is asked without one, inside of this process."""

    reachability: Reachability
    circuit: Circuit | None


async def dependencies(
    watched: Sequence[Dependency], circuits: Circuits
) -> Sequence[DependencyStatus]:
    """The circuits are read last: asking may open or close one."""
    found = [await each.reachability() for each in watched]
    by_name = {circuit.name: circuit for circuit in circuits.snapshot()}
    return [DependencyStatus(reachability=r, circuit=by_name.get(r.name)) for r in found]
