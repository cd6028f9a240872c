import asyncio

import pytest

from orderwright.infrastructure.concurrency.running import (
    EndedEarly,
    SideBySide,
    Stacked,
    running,
)

DEADLINE_S = 10.0


class Service:
    def __init__(self, name: str, log: list[str], *, fails: str | None = None) -> None:
        self._name = name
        self._log = log
        self._fails = fails

    def start(self) -> None:
        self._log.append(f"{self._name} starts")
        if self._fails == "start":
            raise ConnectionError

    async def stop(self) -> None:
        self._log.append(f"{self._name} stops")
        if self._fails == "stop":
            raise ConnectionError


async def test_services_stop_in_the_reverse_order_of_their_start() -> None:
    log: list[str] = []
    async with running([Service("a", log), Service("b", log)]):
        log.append("work")
    assert log == ["a starts", "b starts", "work", "b stops", "a stops"]


async def test_one_that_cannot_stop_keeps_no_other_from_stopping() -> None:
    log: list[str] = []
    with pytest.raises(ConnectionError):
        async with running([Service("a", log), Service("b", log, fails="stop")]):
            pass
    assert log[-2:] == ["b stops", "a stops"]


async def test_those_before_one_that_cannot_start_are_stopped() -> None:
    log: list[str] = []
    with pytest.raises(ConnectionError):
        async with running([Service("a", log), Service("b", log, fails="start")]):
            pass
    assert log == ["a starts", "b starts", "a stops"]


class Waiting(Service):
    """Stops when the other one has been told to as well."""

    def __init__(self, name: str, log: list[str], together: asyncio.Barrier) -> None:
        super().__init__(name, log)
        self._together = together

    async def stop(self) -> None:
        await self._together.wait()
        await super().stop()


async def test_those_side_by_side_are_told_to_stop_at_the_same_time() -> None:
    log: list[str] = []
    both = asyncio.Barrier(2)
    beside = SideBySide(
        [Waiting("a", log, both), Service("b", log, fails="stop"), Waiting("c", log, both)]
    )
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(DEADLINE_S), running([beside]):
            pass

    assert log[:4] == ["a starts", "b starts", "c starts", "b stops"]
    assert sorted(log[4:]) == ["a stops", "c stops"]


async def test_one_on_top_of_another_is_stopped_before_it() -> None:
    log: list[str] = []
    async with running([Stacked([Service("a", log), Service("b", log)]), Service("c", log)]):
        pass

    assert log[3:] == ["c stops", "b stops", "a stops"]


async def test_what_nobody_waits_for_ends_while_the_others_still_have_callers() -> None:
    log: list[str] = []
    signal = asyncio.Event()
    early = EndedEarly(Service("behind", log), signal.wait)
    async with running([early, Service("queue", log)]):
        signal.set()
        async with asyncio.timeout(DEADLINE_S):
            while log[-1] != "behind stops":
                await asyncio.sleep(0)

    assert log == ["behind starts", "queue starts", "behind stops", "queue stops"]


async def test_what_is_not_told_to_end_early_ends_with_the_others() -> None:
    log: list[str] = []
    async with running([EndedEarly(Service("behind", log), asyncio.Event().wait)]):
        pass

    assert log == ["behind starts", "behind stops"]
