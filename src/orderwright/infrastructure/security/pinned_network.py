"""HTTP connections that lead where they were checked to lead.

A name is resolved once for a connection, every address that comes back is checked, and the connection
is made to an address, not to the name: a resolver that says something else the next time changes
nothing. TLS still asks for, and checks, the certificate of the name.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import Any, Final, TypeAlias

import httpcore2
import httpx2

from orderwright.domain.interfaces.batching import QueueFull, Stopping
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner
from orderwright.infrastructure.resilience.tcp_network import TcpNetwork
from orderwright.infrastructure.security.url_guard import OutboundUrls

Resolve: TypeAlias = Callable[[str, int], Awaitable[Sequence[str]]]

# The loop's own threads are few: names whose servers do not answer would hold up all others.
_RESOLVING_AT_ONCE: Final = 32
_WAITING_MAX: Final = 1_000


class ThreadedResolver:
    """The system's resolver. Lives until `close`."""

    def __init__(self) -> None:
        self._threads = ThreadRunner(
            "resolver", threads=_RESOLVING_AT_ONCE, waiting_max=_WAITING_MAX
        )

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Raises: OSError."""
        try:
            return await self._threads.run(_addresses, host, port)
        except (QueueFull, Stopping) as error:
            raise OSError("no name is resolved now") from error

    def close(self) -> None:
        self._threads.close()


class PinnedNetwork(TcpNetwork):
    def __init__(
        self,
        urls: OutboundUrls,
        resolve: Resolve,
        network: httpcore2.AsyncNetworkBackend | None = None,
    ) -> None:
        super().__init__(network)
        self._urls = urls
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Raises: UrlRefused, httpcore2.ConnectError, httpcore2.ConnectTimeout."""
        failure: Exception = httpcore2.ConnectError("no address")
        for address in await self._checked(host, port, timeout):
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except httpcore2.ConnectError as error:
                failure = error
        raise failure

    async def _checked(self, host: str, port: int, within_s: float | None) -> Sequence[str]:
        self._urls.check_port(port)
        try:
            async with asyncio.timeout(within_s):
                addresses = await self._resolve(host, port)
        except TimeoutError:
            raise httpcore2.ConnectTimeout("the name was not resolved in time") from None
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"the name was not resolved: {error}") from error
        # Every one: a name that leads to a public and a private address is a trick.
        for address in addresses:
            self._urls.check_address(address)
        return addresses


def pinned_transport(
    network: PinnedNetwork, *, connections_max: int, tls: ssl.SSLContext | None = None
) -> httpx2.AsyncHTTPTransport:
    """Keeps no connection for a second request, so that each is checked anew; asks no proxy."""
    context = tls or httpx2.create_ssl_context(trust_env=False)
    transport = httpx2.AsyncHTTPTransport(verify=context, trust_env=False)
    # httpx2 has no argument for it; what the transport does with a pool is all the same.
    transport._pool = httpcore2.AsyncConnectionPool(  # noqa: SLF001
        ssl_context=context,
        max_connections=connections_max,
        max_keepalive_connections=0,
        network_backend=network,
    )
    return transport


def _addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))
