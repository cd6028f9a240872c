from __future__ import annotations

from typing import Any

import httpcore2


class TcpNetwork(httpcore2.AsyncNetworkBackend):
    """A network of httpcore2 that speaks TCP and nothing else, on top of another one."""

    def __init__(self, network: httpcore2.AsyncNetworkBackend | None = None) -> None:
        self._network = network or httpcore2.AnyIOBackend()

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise httpcore2.ConnectError("only TCP is spoken here")

    async def sleep(self, seconds: float) -> None:
        await self._network.sleep(seconds)
