"""What comes over the wire before it is a request, sent by hand to a real server."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import pytest

from orderwright.api.error_catalogue import TITLES
from tests.deployed import DEPLOYED
from tests.server_process import PreloadedServer, ServerProcess

DEADLINE_S: Final = 10.0
LIVE: Final = b"GET /health/live HTTP/1.1\r\nHost: t\r\n"
TOKEN: Final = b"POST /token HTTP/1.1\r\nHost: t\r\n"
CLOSE: Final = b"Connection: close\r\n\r\n"
CHUNK: Final = CLOSE + b"1\r\nx\r\n0\r\n\r\n"

MALFORMED: Final = {
    "a header without end": LIVE + b"X-A: " + b"a" * 1_000_000,
    "a header that is too long": LIVE + b"X-A: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": LIVE + b"".join(b"X-%d: %d\r\n" % (n, n) for n in range(9_000)) + CLOSE,
    "an address that is too long": b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: t\r\n" + CLOSE,
    "NUL in a header": LIVE + b"X-A: a\0b\r\n" + CLOSE,
    "a folded header": LIVE + b"X-A: a\r\n b\r\n" + CLOSE,
    "no HTTP at all": b"NONSENSE\r\n\r\n",
    "the beginning of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "length and chunks": TOKEN + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n" + CLOSE,
    "chunks and length": TOKEN + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n" + CLOSE,
    "compressed chunks": TOKEN + b"Transfer-Encoding: gzip, chunked\r\n" + CHUNK,
    "chunks of chunks": TOKEN + b"Transfer-Encoding: chunked, chunked\r\n" + CHUNK,
    "chunks in two lines": TOKEN + b"Transfer-Encoding: chunked\r\n" * 2 + CHUNK,
    "identity before chunks": TOKEN + b"Transfer-Encoding: identity, chunked\r\n" + CHUNK,
    "compressed only": TOKEN + b"Transfer-Encoding: gzip\r\n" + CLOSE,
    "chunks in an old version": b"POST /token HTTP/1.0\r\nTransfer-Encoding: chunked\r\n" + CHUNK,
    "two hosts": LIVE + b"Host: u\r\n" + CLOSE,
    "the same host twice": LIVE + b"host: t\r\n" + CLOSE,
    "no host": b"GET /health/live HTTP/1.1\r\n" + CLOSE,
    "two lengths": TOKEN + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "a length below zero": TOKEN + b"Content-Length: -4\r\n\r\nabcd",
    "a chunk without length": TOKEN + b"Transfer-Encoding: chunked\r\n" + CLOSE + b"zz\r\n",
    "a method of nobody": b"BREW /api/v1/orders HTTP/1.1\r\nHost: t\r\n" + CLOSE,
    "a letter that is none of ASCII": "GET /\u00e9 HTTP/1.1\r\nHost: t\r\n".encode() + CLOSE,
}
ANSWERED: Final = {
    "an old version": (b"GET /health/live HTTP/1.0\r\n\r\n", [200]),
    "one after the other": (LIVE + b"\r\n" + LIVE + CLOSE, [200, 200]),
    "a long query": (
        b"GET /api/v1/orders?q=" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: t\r\n" + CLOSE,
        [401],
    ),
    "many headers": (LIVE + b"".join(b"X-%d: 1\r\n" % n for n in range(1_000)) + CLOSE, [200]),
    "tracing": (b"TRACE /health/live HTTP/1.1\r\nHost: t\r\n" + CLOSE, [405]),
    "a method of WebDAV": (b"PROPFIND /api/v1/orders HTTP/1.1\r\nHost: t\r\n" + CLOSE, [405]),
    "everything's options": (b"OPTIONS * HTTP/1.1\r\nHost: t\r\n" + CLOSE, [404]),
    "a size it does not send": (TOKEN + b"Content-Length: 99999999999\r\n" + CLOSE, [413]),
    "chunks": (TOKEN + b"Transfer-Encoding: Chunked\r\n" + CHUNK, [415]),
    "an empty host": (b"GET /health/live HTTP/1.1\r\nHost:\r\n" + CLOSE, [200]),
    "a wish to switch": (LIVE + b"Upgrade: websocket\r\n" + CLOSE, [200]),
}


@pytest.fixture(scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ServerProcess]:
    directory: Path = tmp_path_factory.mktemp("wire")
    url = f"sqlite+aiosqlite:///{directory}/wire.db"
    async with PreloadedServer(url, directory, API_V1_DEPRECATED_AT="2026-01-01") as server:
        yield server


async def answers(server: ServerProcess, sent: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, headers and body of each answer, until the server closes the connection."""
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)
        received = await reader.read()
        writer.close()
    found = []
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        line, *lines = head.decode().split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (each.partition(": ") for each in lines)
        }
        length = int(headers["content-length"])
        found.append((int(line.split()[1]), headers, rest[:length]))
        received = rest[length:]
    return found


@pytest.mark.parametrize("name", MALFORMED)
async def test_what_is_no_request_is_refused_in_the_form_of_every_error(
    server: ServerProcess, name: str
) -> None:
    ((status, headers, body),) = await answers(server, MALFORMED[name])

    assert status == 400
    assert json.loads(body)["code"] == "malformed_request"
    assert headers["content-type"] == "application/json"
    assert headers["connection"] == "close"
    assert headers["x-api-version"] == "1.0"
    assert json.loads(body)["correlation_id"] == headers["x-correlation-id"]


async def test_what_is_no_request_hears_a_problem_where_it_asked_for_one(
    server: ServerProcess,
) -> None:
    accept = b"Accept: application/problem+json\r\n"

    ((status, headers, body),) = await answers(server, LIVE + accept + b"Host: u\r\n" + CLOSE)

    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["type"] == "urn:orderwright:error:malformed_request"
    assert json.loads(body)["detail"] == "a request has exactly one Host header"


async def test_in_production_what_is_no_request_is_told_to_come_by_https(
    sqlite_url: str, tmp_path: Path
) -> None:
    async with PreloadedServer(sqlite_url, tmp_path, **DEPLOYED) as server:
        ((status, headers, _),) = await answers(server, MALFORMED["no HTTP at all"])

    assert status == 400
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("name", ANSWERED)
async def test_what_is_a_request_however_strange_is_answered(
    server: ServerProcess, name: str
) -> None:
    sent, statuses = ANSWERED[name]

    heard = await answers(server, sent)

    assert [status for status, _, _ in heard] == statuses
    for status, headers, body in heard:
        assert headers["x-content-type-options"] == "nosniff"
        assert status < 400 or json.loads(body)["error"] == TITLES[status]


@pytest.mark.parametrize(
    ("asked", "successor"),
    [
        (b"%E6%97%A5", "%E6%97%A5"),
        (b"%00", "%00"),
        (b"1%0d%0aX-Evil:%20yes", "1%0D%0AX-Evil%3A%20yes"),
        (b"1%3E;rel=evil", "1%3E%3Brel%3Devil"),
        (b"1%3Fa", "1%3Fa"),
    ],
)
async def test_a_strange_address_is_spelled_safely_where_its_successor_is_named(
    server: ServerProcess, asked: bytes, successor: str
) -> None:
    sent = b"GET /api/v1/orders/" + asked + b" HTTP/1.1\r\nHost: t\r\n" + CLOSE

    ((status, headers, body),) = await answers(server, sent)

    assert (status, json.loads(body)["code"]) == (401, "not_signed_in")
    assert headers["link"] == f'</api/v2/orders/{successor}>; rel="successor-version"'
    assert "x-evil" not in headers
    assert headers["x-content-type-options"] == "nosniff"
    assert json.loads(body)["correlation_id"] == headers["x-correlation-id"]


async def test_after_head_the_connection_goes_on_and_the_log_is_calm(
    server: ServerProcess,
) -> None:
    async with asyncio.timeout(DEADLINE_S):
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"HEAD" + LIVE.removeprefix(b"GET") + b"\r\n")
        asked = await reader.readuntil(b"\r\n\r\n")
        writer.write(LIVE + CLOSE)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()

    assert asked.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"content-length: %d\r\n" % len(body) in asked
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert json.loads(body) == {"status": "alive"}
    assert "Traceback" not in server.log.read_text()


async def test_head_is_get_without_the_body(server: ServerProcess) -> None:
    for path in (b"/health/live", b"/nowhere"):
        lines = b" %s HTTP/1.1\r\nHost: t\r\n" % path + CLOSE
        async with asyncio.timeout(DEADLINE_S):
            reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(b"HEAD" + lines)
            heard = await reader.read()
            writer.close()
        ((status, headers, body),) = await answers(server, b"GET" + lines)
        assert heard.endswith(b"\r\n\r\n")
        assert heard.startswith(b"HTTP/1.1 %d" % status)
        assert f"content-length: {len(body)}".encode() in heard
        assert headers["content-length"] == str(len(body))
