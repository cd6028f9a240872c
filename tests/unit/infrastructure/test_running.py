import pytest

from orderwright.infrastructure.concurrency.running import running


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
