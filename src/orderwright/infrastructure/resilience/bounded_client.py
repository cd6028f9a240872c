"""HTTP to the outside, bounded in every direction: how many, how long, how much."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from types import TracebackType
from typing import Any, Final, Self

import httpx2

from orderwright.infrastructure.resilience.deadline import within
from orderwright.infrastructure.resilience.failures import (
    AnswerTooLarge,
    Busy,
    CallFailed,
    NotSent,
    OutcomeUnknown,
)
from orderwright.infrastructure.resilience.http_answers import Answer
from orderwright.infrastructure.resilience.kept_connections import AnsweredUnasked, kept_connections

# Servers close idle connections too, many after 5 s: a request that meets such a close on its way
# has an unknown outcome.
KEEP_IDLE_S: Final = 4.0


@dataclass(frozen=True, slots=True)
class ClientLimits:
    """`total_s` is for one call, from the first wait to the last byte of its answer; `idle_s` for a
    wait for the next bytes, either way; `answer_bytes_max` for the answer, decompressed."""

    concurrency_max: int = 20
    wait_s: float = 1.0
    connect_s: float = 2.0
    idle_s: float = 5.0
    total_s: float = 10.0
    answer_bytes_max: int = 1024 * 1024


class BoundedClient:
    """One for each dependency, for as long as the application lives; connects when first used.

    Follows no redirects, keeps no cookies, asks no proxies, and never retries.

    A second answer that nobody asked for is not always noticed: one that comes later ends its idle
    connection, and one that came whole along with the first ends it too; but one of which only a
    beginning came waits in h11's buffer, which cannot be seen from here, and its end answers the next
    request on that connection. So whoever must not mistake another's answer for theirs lets answers name
    what was asked, as the payment gateways do.
    """

    def __init__(
        self,
        limits: ClientLimits,
        *,
        headers: Mapping[str, str] | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._limits = limits
        self._headers = dict(headers or {})
        self._transport = transport
        self._running = asyncio.Semaphore(limits.concurrency_max)
        self._client: httpx2.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """What is still running ends with an error."""
        if self._client is not None:
            await self._client.aclose()

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
        """The answer, whatever its status.

        Raises:
            NotSent, Busy: it was not carried out.
            OutcomeUnknown, AnswerTooLarge: it may have been.
        """
        request = self._open().build_request(
            method, _parsed(url), headers=headers, params=params, json=json, content=content
        )
        progress = _Progress()
        request.extensions = {**request.extensions, "trace": progress.note}
        try:
            async with within(self._limits.total_s), self._turn():
                return await self._exchange(request)
        except (httpx2.RequestError, TimeoutError) as error:
            raise progress.meaning_of(error) from error

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            limits = self._limits
            self._client = httpx2.AsyncClient(
                headers=self._headers,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                follow_redirects=False,
                trust_env=False,
                transport=self._transport or kept_connections(idle_s=KEEP_IDLE_S),
                timeout=httpx2.Timeout(limits.idle_s, connect=limits.connect_s, pool=limits.wait_s),
            )
        return self._client

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if not self._running.locked():
            await self._running.acquire()  # at once
        else:
            await self._wait_for_a_turn()
        try:
            yield
        finally:
            self._running.release()

    async def _wait_for_a_turn(self) -> None:
        try:
            async with within(self._limits.wait_s):
                await self._running.acquire()
        except TimeoutError:
            raise Busy("too many calls are running") from None

    async def _exchange(self, request: httpx2.Request) -> Answer:
        response = await self._open().send(request, stream=True)
        try:
            body = await self._read(response)
        finally:
            await response.aclose()
        return Answer(response.status_code, dict(response.headers.items()), body)

    async def _read(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._limits.answer_bytes_max:
                raise AnswerTooLarge(f"more than {self._limits.answer_bytes_max} bytes")
        return bytes(body)


# Most calls are of one address, and reading it costs as much as sending.
_parsed: Final = lru_cache(maxsize=64)(httpx2.URL)

# What httpx2 raises before it has begun to send.
_BEFORE_SENDING: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)


class _Progress:
    """How far a request has come: our own deadline, when it cuts one off, does not tell."""

    def __init__(self) -> None:
        self._was_sent = False

    async def note(self, event: str, _info: object) -> None:
        if event.endswith("send_request_headers.started"):
            self._was_sent = True

    def meaning_of(self, error: httpx2.RequestError | TimeoutError) -> CallFailed:
        if isinstance(error.__cause__, AnsweredUnasked):
            return NotSent(AnsweredUnasked.__name__)
        if self._was_sent or not isinstance(error, (*_BEFORE_SENDING, TimeoutError)):
            return OutcomeUnknown(type(error).__name__)
        return NotSent(type(error).__name__)
