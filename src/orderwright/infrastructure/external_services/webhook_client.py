from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

import httpx2

from orderwright.domain.interfaces.security import UrlRefused
from orderwright.domain.interfaces.webhooks import Reply
from orderwright.infrastructure.resilience.http_answers import retry_after_s
from orderwright.infrastructure.security.url_guard import OutboundUrls

_EXCERPT_BYTES: Final = 1_000
_HEADERS_MAX: Final = 20
_HEADER_CHARS_MAX: Final = 200
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
    """One request, one connection, to where it was checked to lead; no redirects, no proxies. Of an
    answer its status counts: of the body an excerpt is read and no more."""

    def __init__(
        self,
        transport: httpx2.AsyncBaseTransport,
        urls: OutboundUrls,
        now: Callable[[], datetime],
        *,
        timeout_s: float,
        at_once: int,
    ) -> None:
        self._transport = transport
        self._urls = urls
        self._now = now
        self._timeout_s = timeout_s
        self._places = asyncio.Semaphore(at_once)
        self._client: httpx2.AsyncClient | None = None

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            self._urls.check(url)
            async with self._places, asyncio.timeout(self._timeout_s) as deadline:
                return await self._exchange(url, {**_OURS, **headers}, body, deadline)
        except (UrlRefused, TimeoutError, httpx2.RequestError) as error:
            return Reply(error=next(code for kind, code in _ERRORS if isinstance(error, kind)))

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()

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
                follow_redirects=False,
                trust_env=False,
                timeout=self._timeout_s,
            )
        return self._client


async def _excerpt(response: httpx2.Response, deadline: asyncio.Timeout) -> str:
    """What came of the body by the deadline, or before the connection broke: the status is known."""
    read = bytearray()
    ends_at = deadline.when() or 0.0
    deadline.reschedule(None)
    with suppress(TimeoutError, httpx2.RequestError):
        async with asyncio.timeout_at(ends_at):
            async for chunk in response.aiter_raw():
                read += chunk[:_EXCERPT_BYTES]
                if len(read) >= _EXCERPT_BYTES:
                    break
    if "content-encoding" in response.headers:
        return ""
    return read[:_EXCERPT_BYTES].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _some_headers(headers: httpx2.Headers) -> dict[str, str]:
    some = list(headers.items())[:_HEADERS_MAX]
    return {name: value[:_HEADER_CHARS_MAX] for name, value in some}
