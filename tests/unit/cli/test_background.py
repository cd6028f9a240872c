"""What a worker makes of signals."""

import asyncio
import signal
from collections.abc import Iterator

import pytest

from orderwright.cli.background import stopped_by_signal
from orderwright.cli.stop_signals import STOP_SIGNALS


@pytest.fixture(autouse=True)
def _signals_as_before() -> Iterator[None]:
    before = {each: signal.getsignal(each) for each in STOP_SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("first", STOP_SIGNALS)
async def test_after_the_first_signal_no_other_is_heard(first: signal.Signals) -> None:
    stopped = stopped_by_signal()
    signal.raise_signal(first)
    async with asyncio.timeout(10):
        await stopped.wait()

    assert [signal.getsignal(each) for each in STOP_SIGNALS] == [signal.SIG_IGN] * 2
