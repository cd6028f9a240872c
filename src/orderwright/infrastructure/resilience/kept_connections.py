"""Connections that are kept for the next request, the last used first.

httpcore2's own pool looks at each of its connections whenever a request begins and whenever one ends,
which costs as much as a third of the request where there are dozens of them. Here two are looked at.
"""

from __future__ import annotations

import ssl
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any, cast

import httpcore2
import httpx2

from orderwright.infrastructure.resilience.thrifty_network import HAS_UNSENT, ThriftyNetwork


class AnsweredUnasked(httpcore2.RemoteProtocolError):
    """What was read was left over from the answer to another request: the request itself has not even
    left, and never will."""


class KeptConnections:
    """To one server. How many are used at once is left to the caller; as many are kept, until they have
    idled for `idle_s` or the server has hung up, which is noticed when others come and go."""

    def __init__(self, tls: ssl.SSLContext, *, idle_s: float) -> None:
        self._tls = tls
        self._idle_s = idle_s
        self._network = ThriftyNetwork()
        self._idle: deque[httpcore2.AsyncHTTPConnection] = deque()
        self._used: set[httpcore2.AsyncHTTPConnection] = set()

    async def handle_async_request(self, request: httpcore2.Request) -> httpcore2.Response:
        connection = await self._connection_to(request.url.origin)
        self._used.add(connection)
        try:
            response = _to_this_request(await connection.handle_async_request(request))
        except AnsweredUnasked:
            self._used.discard(connection)
            await connection.aclose()
            raise
        except BaseException:
            await self._give_back(connection)
            raise
        body = _Body(response.stream, lambda: self._give_back(connection))
        return httpcore2.Response(
            response.status,
            headers=response.headers,
            content=body,
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """What is still running ends with an error."""
        connections = [*self._idle, *self._used]
        self._idle.clear()
        async with AsyncExitStack() as closing:  # each of them, whatever the others say
            for connection in connections:
                closing.push_async_callback(connection.aclose)

    async def _connection_to(self, origin: httpcore2.Origin) -> httpcore2.AsyncHTTPConnection:
        while self._idle:
            connection = self._idle.pop()
            if connection.can_handle_request(origin) and not connection.has_expired():
                return connection
            await connection.aclose()
        return httpcore2.AsyncHTTPConnection(
            origin,
            ssl_context=self._tls,
            keepalive_expiry=self._idle_s,
            network_backend=self._network,
        )

    async def _give_back(self, connection: httpcore2.AsyncHTTPConnection) -> None:
        self._used.discard(connection)
        if connection.is_closed():
            return
        if not connection.is_idle():
            await connection.aclose()
            return
        self._idle.append(connection)
        if self._idle[0].has_expired():
            await self._idle.popleft().aclose()


def _to_this_request(response: httpcore2.Response) -> httpcore2.Response:
    """Raises: AnsweredUnasked."""
    if response.extensions["network_stream"].get_extra_info(HAS_UNSENT):
        raise AnsweredUnasked("the server answered before it was asked")
    return response


class _Body:
    """Of an answer; its connection is given back when it is closed."""

    def __init__(self, body: Any, give_back: Callable[[], Awaitable[None]]) -> None:
        self._body = body
        self._give_back = give_back
        self._is_closed = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return cast("AsyncIterable[bytes]", self._body).__aiter__()

    async def aclose(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        try:
            await self._body.aclose()
        finally:
            await self._give_back()


def kept_connections(*, idle_s: float) -> httpx2.AsyncHTTPTransport:
    """Asks no proxy."""
    tls = httpx2.create_ssl_context(trust_env=False)
    transport = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False)
    kept: Any = KeptConnections(tls, idle_s=idle_s)
    # httpx2 has no argument for it; what the transport does with a pool is all the same.
    transport._pool = kept  # noqa: SLF001
    return transport
