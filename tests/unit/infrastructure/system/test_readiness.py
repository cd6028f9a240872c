import asyncio

from orderwright.infrastructure.system.readiness import Readiness


class Switch:
    def __init__(self, *, on: bool = True) -> None:
        self.on = on
        self.asked = 0

    async def check(self) -> bool:
        self.asked += 1
        return self.on


class HandClock:
    def __init__(self) -> None:
        self.reading = 0.0

    def __call__(self) -> float:
        return self.reading


async def breaks() -> bool:
    raise OSError("postgresql://user:password@host")


async def hangs() -> bool:
    await asyncio.Event().wait()
    return True


async def test_every_part_is_reported_and_what_breaks_or_hangs_is_not_ready() -> None:
    readiness = Readiness(
        {"good": Switch().check, "bad": Switch(on=False).check, "broken": breaks, "hung": hangs},
        timeout_s=0.01,
    )

    assert await readiness.report() == {
        "good": True,
        "bad": False,
        "broken": False,
        "hung": False,
    }


async def test_however_many_ask_a_check_runs_once_in_its_time() -> None:
    switch, clock = Switch(), HandClock()
    readiness = Readiness({"part": switch.check}, fresh_for_s=1.0, monotonic=clock)

    await asyncio.gather(*(readiness.report() for _ in range(20)))
    assert switch.asked == 1

    switch.on = False
    clock.reading = 0.99
    assert await readiness.report() == {"part": True}
    clock.reading = 1.0
    assert await readiness.report() == {"part": False}
    assert switch.asked == 2


async def test_draining_shows_at_once() -> None:
    readiness = Readiness({"part": Switch().check})
    await readiness.report()

    readiness.drain()

    assert await readiness.report() == {"part": True, "accepting": False}


async def test_what_is_spared_is_shown_and_decides_nothing() -> None:
    readiness = Readiness({"part": Switch().check}, spared={"broker": Switch(on=False).check})

    assert await readiness.report() == {"part": True, "broker": False}
    assert [readiness.needs(name) for name in ("part", "broker", "accepting")] == [
        True,
        False,
        True,
    ]
