"""A receiver of webhooks on a real socket that misbehaves as it is told."""

import asyncio
import gzip
import socket
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Final

Answer = bytes | None


@dataclass(frozen=True, slots=True)
class Received:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


def answer(status: str, *headers: str, body: bytes = b"") -> bytes:
    told = "".join(f"{each}\r\n" for each in headers)
    head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{told}\r\n"
    return head.encode() + body


OK: Final = answer("204 No Content")
HANGS: Final = None
RESETS: Final = b""
LARGE: Final = answer("200 OK", body=b"x" * 10_000_000)
BOMB: Final = answer("200 OK", "content-encoding: gzip", body=gzip.compress(bytes(50_000_000)))


@dataclass
class Sink:
    """`says` is answered in turn, the last one for good; by path, where one is named. One that `holds_on`
    ends no connection by itself."""

    url: str
    says: list[Answer] = field(default_factory=lambda: [OK])
    by_path: dict[str, Answer] = field(default_factory=dict)
    holds_on: bool = False
    received: list[Received] = field(default_factory=list)
    heard: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ids(self) -> list[str]:
        return [each.id for each in self.received]

    async def until(self, come: Callable[[], bool], deadline_s: float = 20.0) -> None:
        async with asyncio.timeout(deadline_s):
            while not come():
                self.heard.clear()
                await self.heard.wait()

    def _next(self, path: str) -> Answer:
        if path in self.by_path:
            return self.by_path[path]
        return self.says.pop(0) if len(self.says) > 1 else self.says[0]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value
                for name, _, value in (line.partition(": ") for line in head[1:])
            }
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            path = head[0].split(" ")[1]
            self.received.append(Received(path, headers, body))
            self.heard.set()
            await _reply(self._next(path), reader, writer)
            if self.holds_on:
                await reader.read()
        writer.close()


async def _reply(said: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    if said is HANGS:
        await reader.read()  # until the other side has had enough
        return
    if said == RESETS:
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        return
    writer.write(said or b"")
    await writer.drain()


@asynccontextmanager
async def sink() -> AsyncIterator[Sink]:
    here = Sink("")
    server = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield here
    server.close()
