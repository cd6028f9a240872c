"""What answers over HTTP mean to whoever decides about asking again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from orderwright.infrastructure.resilience.retry import Transient

# Nobody is believed who wants to be left alone for longer.
RETRY_AFTER_MAX_S: Final = 300.0
IDEMPOTENCY_KEY: Final = "idempotency-key"

# RFC 9110: to do it twice is the same as to do it once.
_IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
_TRANSIENT: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
_SERVER_ERROR: Final = 500
_DIGITS_MAX: Final = 9


@dataclass(frozen=True, slots=True)
class Answer:
    """Read to its end. Names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """Raises: ValueError."""
        return json.loads(self.body)


def is_repeatable(method: str, headers: Mapping[str, str]) -> bool:
    keyed = any(name.lower() == IDEMPOTENCY_KEY and value for name, value in headers.items())
    return keyed or method.upper() in _IDEMPOTENT


def is_failure(answer: Answer) -> bool:
    """For a breaker: whoever refuses a request with 4xx is alive."""
    return answer.status >= _SERVER_ERROR


def transient_answer(now: Callable[[], datetime]) -> Callable[[Answer], Transient | None]:
    def judge(answer: Answer) -> Transient | None:
        if answer.status not in _TRANSIENT:
            return None
        return Transient(retry_after_s(answer.headers.get("retry-after", ""), now()))

    return judge


def retry_after_s(text: str, now: datetime) -> float:
    """`Retry-After`, in seconds or as a date; 0 if there is none that makes sense."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:_DIGITS_MAX]), RETRY_AFTER_MAX_S)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # an hour or an offset of twenty digits
        return 0.0
    aware = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(0.0, (aware - now).total_seconds()), RETRY_AFTER_MAX_S)
