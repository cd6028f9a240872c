from __future__ import annotations

from orderwright.application.commands.forget_expired import ForgetExpired, forget_expired
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory


class Forgetting:
    """What has expired by now, deleted whenever asked to."""

    def __init__(self, command: ForgetExpired, units: UnitOfWorkFactory, clock: Clock) -> None:
        self._command = command
        self._units = units
        self._clock = clock

    async def forget(self) -> int:
        return await forget_expired(self._command, self._units, now=self._clock.now())
