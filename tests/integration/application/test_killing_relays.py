"""Real relays, killed while events are written; `python -m tests.chaos.events` does it for longer."""

from tests.chaos.events import storm


async def test_relays_that_are_killed_lose_nothing_and_double_nothing(database_url: str) -> None:
    report = await storm(database_url, kills=2, seed=1)

    assert report.events > 0
    assert (report.missing, report.doubled, report.violations) == (0, 0, 0)
