"""Connections as httpcore2 makes them, with less work for each request.

Two things cost more than the request itself where many are sent: a pool asks all of its idle connections,
each time, whether their server has hung up, and each answer looked up everything that is known of
the socket; and a request left in two parts, each with a system call here and one there.
"""

from __future__ import annotations

import select
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, TypeAlias

import httpcore2

from orderwright.infrastructure.resilience.tcp_network import TcpNetwork

# A question to a stream: was something written that has not left?
HAS_UNSENT: Final = "has_unsent"

Stream: TypeAlias = httpcore2.AsyncNetworkStream
# As much as may wait for more of its request: a body that is larger leaves in parts.
_TOGETHER_MAX: Final = 64 * 1024


class ThriftyStream(httpcore2.AsyncNetworkStream):
    """What is written leaves when an answer is waited for, or when there is much of it."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._unsent = bytearray()
        self._write_within_s: float | None = None
        self._socket: Any = None
        self._incoming = select.poll()

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
    ) -> bytes:
        if self._unsent:
            with suppress(httpcore2.WriteError):  # it may have answered before it had heard all
                await self._flush()
        return await self._stream.read(max_bytes, timeout)

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
    ) -> None:
        self._unsent += buffer
        self._write_within_s = timeout
        if len(self._unsent) > _TOGETHER_MAX:
            await self._flush()

    async def _flush(self) -> None:
        unsent = bytes(self._unsent)
        self._unsent.clear()
        await self._stream.write(unsent, self._write_within_s)

    async def aclose(self) -> None:
        self._unsent.clear()
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
    ) -> Stream:
        return ThriftyStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._is_readable()
        return bool(self._unsent) if info == HAS_UNSENT else self._stream.get_extra_info(info)

    def _is_readable(self) -> bool:
        """Whether the server has hung up, or says what nobody asked for."""
        if self._socket is None:
            self._socket = self._stream.get_extra_info("socket")
            self._incoming.register(self._socket.fileno(), select.POLLIN)
        return self._socket.fileno() < 0 or bool(self._incoming.poll(0))


class ThriftyNetwork(TcpNetwork):
    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> Stream:
        """Raises: httpcore2.ConnectError, httpcore2.ConnectTimeout."""
        return ThriftyStream(
            await self._network.connect_tcp(host, port, timeout, local_address, socket_options)
        )
