"""Time that passes when a test says so."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


class PassingTime:
    def __init__(self) -> None:
        self.passed_s = 0.0
        self.slept_s: list[float] = []

    def monotonic(self) -> float:
        return self.passed_s

    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.passed_s)

    async def sleep(self, seconds: float) -> None:
        self.slept_s.append(seconds)
        self.passed_s += seconds
