from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final

from orderwright.infrastructure.resilience.bounded_client import BoundedClient
from orderwright.infrastructure.resilience.circuit_breaker import CircuitBreaker
from orderwright.infrastructure.resilience.deadline import within
from orderwright.infrastructure.resilience.failures import NotSent, OutcomeUnknown
from orderwright.infrastructure.resilience.http_answers import Answer, is_failure, is_repeatable
from orderwright.infrastructure.resilience.retry import Retry

# Leave open whether the request was carried out ...
_LEAVE_IT_OPEN: Final = frozenset({500, 502, 504})
# ... and refuse one try, without a word about those before it.
_REFUSE_THE_TRY: Final = frozenset({401, 403, 404, 408, 425, 429, 503})


class GuardedClient:
    """One dependency, with everything around each call of it: a deadline for all tries, retries, the
    breaker, and the bounded client, in this order from outside."""

    def __init__(
        self, client: BoundedClient, breaker: CircuitBreaker, retry: Retry[Answer], total_s: float
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._retry = retry
        self._total_s = total_s

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
    ) -> Answer:
        """The last answer, whatever its status. A POST is tried again only with an `Idempotency-Key`,
        which stays the same.

        Raises:
            NotSent, Busy, CircuitOpen: it was not carried out, by none of the tries.
            OutcomeUnknown, AnswerTooLarge: it may have been.
        """
        headers = headers or {}
        tries = _Tries(
            partial(
                self._client.send,
                method,
                url,
                headers=headers,
                params=params,
                json=json,
                content=content,
            )
        )
        guarded = partial(self._breaker.call, tries.next, is_failure=is_failure)
        try:
            async with within(self._total_s):
                answer = await self._retry.call(
                    guarded, is_repeatable=is_repeatable(method, headers), what=self._breaker.name
                )
        except TimeoutError:
            raise OutcomeUnknown("TimeoutError") from None
        except NotSent as error:
            raise tries.summed_up(error) from error
        return tries.answered(answer)


class _Tries:
    """What the last of them says is not all: one before it may have been carried out unheard."""

    def __init__(self, send: Callable[[], Awaitable[Answer]]) -> None:
        self._send = send
        self._may_be_done = False

    async def next(self) -> Answer:
        try:
            answer = await self._send()
        except OutcomeUnknown:
            self._may_be_done = True
            raise
        self._may_be_done |= answer.status in _LEAVE_IT_OPEN
        return answer

    def summed_up(self, error: NotSent) -> NotSent | OutcomeUnknown:
        return (
            OutcomeUnknown("an earlier try may have been carried out")
            if self._may_be_done
            else error
        )

    def answered(self, answer: Answer) -> Answer:
        if self._may_be_done and answer.status in _REFUSE_THE_TRY:
            raise OutcomeUnknown("an earlier try may have been carried out")
        return answer
