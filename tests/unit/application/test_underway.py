import asyncio

import pytest

from orderwright.application.services import underway
from orderwright.application.services.underway import Underway

DEADLINE_S = 10.0


async def test_what_is_done_in_time_is_waited_for_and_the_rest_is_cut_off() -> None:
    may_end, ended = asyncio.Event(), []

    async def work(name: str, until: asyncio.Event) -> None:
        try:
            await until.wait()
        except asyncio.CancelledError:
            ended.append(f"{name} is cut off")
            raise
        ended.append(f"{name} is done")

    begun = Underway()
    begun.begin("quick", work("quick", may_end))
    begun.begin("slow", work("slow", asyncio.Event()))
    may_end.set()
    async with asyncio.timeout(DEADLINE_S):
        await begun.finish(within_s=0.05)

    assert ended == ["quick is done", "slow is cut off"]
    assert len(begun) == 0


async def test_what_does_not_end_though_it_is_cut_off_holds_nobody_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(underway, "_TO_END_S", 0.01)
    released = asyncio.Event()

    async def stubborn() -> None:
        while not released.is_set():
            try:
                await released.wait()
            except asyncio.CancelledError:
                continue

    begun = Underway()
    begun.begin("stubborn", stubborn())
    await asyncio.sleep(0)
    async with asyncio.timeout(DEADLINE_S):
        await begun.finish(within_s=0.0)

    assert begun.names == {"stubborn"}
    released.set()
    async with asyncio.timeout(DEADLINE_S):
        await begun.wait()


async def test_whoever_is_cut_off_while_he_waits_leaves_nothing_running() -> None:
    begun = Underway()
    begun.begin("slow", asyncio.sleep(3600))
    finishing = asyncio.create_task(begun.finish(within_s=3600))
    await asyncio.sleep(0)
    finishing.cancel()
    await asyncio.wait([finishing], timeout=DEADLINE_S)
    async with asyncio.timeout(DEADLINE_S):
        while len(begun):
            await asyncio.sleep(0)
