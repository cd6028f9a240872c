from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Final

import httpx2

from orderwright.domain.interfaces.security import UrlRefused
from orderwright.domain.interfaces.webhooks import Reply
from orderwright.infrastructure.resilience.breakers import Breakers
from orderwright.infrastructure.resilience.failures import Busy, CircuitOpen
from orderwright.infrastructure.resilience.http_answers import retry_after_s
from orderwright.infrastructure.security.url_guard import OutboundUrls

_EXCERPT_BYTES: Final = 1_000
_EXCERPT_S: Final = 1.0
_HEADERS_MAX: Final = 20
_HEADER_CHARS_MAX: Final = 200  # of its name, and of what it says
# Well below what a lease has left after an attempt.
_WAIT_S: Final = 1.0
_SERVER_ERROR: Final = 500
# Compressed answers are not even asked for: what comes is never decompressed.
_OURS: Final = {"user-agent": "Orderwright-Webhooks/1", "accept-encoding": "identity"}
_ERRORS: Final[tuple[tuple[type[Exception], str], ...]] = (
    (UrlRefused, "url_refused"),
    (TimeoutError, "timeout"),
    (httpx2.TimeoutException, "timeout"),
    (httpx2.ConnectError, "connection_failed"),
    (httpx2.RequestError, "connection_lost"),
)


class HttpWebhookClient:
    """One request, one connection, to where it was checked to lead; no redirects, no proxies, no
    cookies. Of an answer its status counts: of the body an excerpt is read and no more.

    A host at which requests keep failing is left alone for a while, whichever endpoint they are for.
    """

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport,
        urls: OutboundUrls,
        breakers: Breakers,
        now: Callable[[], datetime],
        *,
        timeout_s: float,
        at_once: int,
    ) -> None:
        self._transport = transport
        self._urls = urls
        self._breakers = breakers
        self._now = now
        self._timeout_s = timeout_s
        self._places = asyncio.Semaphore(at_once)
        self._client: httpx2.AsyncClient | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            self._urls.check(url)
            breaker = self._breakers.named(f"webhook:{httpx2.URL(url).host}")
            request = partial(self._in_place, url, {**_OURS, **headers}, body)
            return await breaker.call(request, is_failure=_is_failure)
        except CircuitOpen as error:
            return Reply(error="circuit_open", sent=False, retry_after_s=error.retry_after_s)
        except Busy:
            return Reply(error="busy", sent=False)
        except (UrlRefused, TimeoutError, httpx2.RequestError) as error:
            return Reply(error=next(code for kind, code in _ERRORS if isinstance(error, kind)))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

    async def _in_place(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        async with self._place(), asyncio.timeout(self._timeout_s) as deadline:
            return await self._exchange(url, headers, body, deadline)

    @asynccontextmanager
    async def _place(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(_WAIT_S):
                await self._places.acquire()
        except TimeoutError:
            raise Busy("too many webhooks are being sent") from None
        try:
            yield
        finally:
            self._places.release()

    async def _exchange(
        self, url: str, headers: Mapping[str, str], body: bytes, deadline: asyncio.Timeout
    ) -> Reply:
        request = self._open().build_request("POST", url, headers=dict(headers), content=body)
        response = await self._open().send(request, stream=True)
        try:
            excerpt = await _excerpt(response, deadline)
        finally:
            await response.aclose()
        return Reply(
            status=response.status_code,
            headers=_some_headers(response.headers),
            body=excerpt,
            retry_after_s=retry_after_s(response.headers.get("retry-after", ""), self._now()),
        )

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                transport=self._transport,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
                follow_redirects=False,
                trust_env=False,
                timeout=self._timeout_s,
            )
        return self._client


async def _excerpt(response: httpx2.Response, deadline: asyncio.Timeout) -> str:
    """What comes of the body soon, or before the connection breaks: the status is known."""
    read = bytearray()
    deadline.reschedule(None)
    with suppress(TimeoutError, httpx2.RequestError):
        async with asyncio.timeout(_EXCERPT_S):
            async for chunk in response.aiter_raw():
                read += chunk[:_EXCERPT_BYTES]
                if len(read) >= _EXCERPT_BYTES:
                    break
    if "content-encoding" in response.headers:
        return ""
    return read[:_EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _is_failure(reply: Reply) -> bool:
    return reply.status is not None and reply.status >= _SERVER_ERROR


def _some_headers(headers: httpx2.Headers) -> dict[str, str]:
    some = list(headers.items())[:_HEADERS_MAX]
    return {name[:_HEADER_CHARS_MAX]: value[:_HEADER_CHARS_MAX] for name, value in some}
