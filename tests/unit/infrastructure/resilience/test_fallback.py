"""An old answer stands in for a missing one, for a while, and says that it is old."""

import pytest
from structlog.testing import capture_logs

from orderwright.infrastructure.resilience.failures import CallFailed, CircuitOpen, NotSent
from orderwright.infrastructure.resilience.fallback import Known, LastGoodAnswer
from tests.unit.infrastructure.resilience.passing_time import PassingTime


class Weather:
    def __init__(self) -> None:
        self.outcome: str | Exception = "fair"

    async def __call__(self) -> str:
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


@pytest.fixture
def time() -> PassingTime:
    return PassingTime()


@pytest.fixture
def weather() -> Weather:
    return Weather()


@pytest.fixture
def last(weather: Weather, time: PassingTime) -> LastGoodAnswer[str]:
    return LastGoodAnswer(
        "weather", weather, max_age_s=60, instead_of=(CallFailed,), monotonic=time.monotonic
    )


async def test_while_there_are_answers_the_last_one_counts(
    last: LastGoodAnswer[str], weather: Weather
) -> None:
    assert await last.get() == Known("fair", 0.0, is_stale=False)
    weather.outcome = "foul"
    assert await last.get() == Known("foul", 0.0, is_stale=False)


@pytest.mark.parametrize("failure", [NotSent("x"), CircuitOpen("weather", retry_after_s=3)])
async def test_a_missing_answer_is_replaced_by_the_last_one(
    failure: Exception, last: LastGoodAnswer[str], weather: Weather, time: PassingTime
) -> None:
    await last.get()
    weather.outcome = failure
    time.passed_s += 60

    with capture_logs() as logs:
        assert await last.get() == Known("fair", 60.0, is_stale=True, instead_of=failure)

    assert [(line["event"], line["name"], line["age_s"]) for line in logs] == [
        ("fallback.served", "weather", 60.0)
    ]


async def test_one_that_is_too_old_is_not(
    last: LastGoodAnswer[str], weather: Weather, time: PassingTime
) -> None:
    await last.get()
    weather.outcome = NotSent("x")
    time.passed_s += 60.5

    with pytest.raises(NotSent):
        await last.get()


async def test_without_any_answer_the_failure_is_heard(
    last: LastGoodAnswer[str], weather: Weather
) -> None:
    weather.outcome = NotSent("x")

    with pytest.raises(NotSent):
        await last.get()


async def test_a_fault_of_our_own_is_not_covered_up(
    last: LastGoodAnswer[str], weather: Weather
) -> None:
    await last.get()
    weather.outcome = TypeError("ours")

    with pytest.raises(TypeError):
        await last.get()
