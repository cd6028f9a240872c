"""What only a real process on a real connection shows."""

import asyncio
import base64
import hashlib
import hmac
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from tests.sandbox_process import SandboxProcess
from tests.unit.sandbox_gateway.caller import Caller

SECRET = base64.b64encode(b"twenty-four bytes of key").decode()


@pytest.mark.parametrize(
    ("fault", "error", "executions"),
    [
        ("timeout_after", httpx2.ReadTimeout, 1),
        ("timeout_before", httpx2.ReadTimeout, 0),
        ("reset_after", httpx2.ReadError, 1),
        ("reset_before", httpx2.ReadError, 0),
    ],
)
async def test_a_connection_breaks_and_the_ledger_knows_what_was_done(
    sandbox: SandboxProcess, fault: str, error: type[Exception], executions: int
) -> None:
    reference = f"broken-{fault}"
    await sandbox.misbehave(fault, operation="payments")
    async with httpx2.AsyncClient(
        base_url=sandbox.url, headers=sandbox.client.headers, timeout=0.2
    ) as impatient:
        with pytest.raises(error):
            await Caller(impatient).pay(reference)

    assert await sandbox.executions(reference) == executions


async def test_a_caller_who_waits_out_the_silence_finds_the_connection_closed(
    sandbox: SandboxProcess,
) -> None:
    await sandbox.misbehave("timeout_after", operation="payments", delay_s=0.01)

    with pytest.raises(httpx2.RemoteProtocolError):
        await Caller(sandbox.client).pay("waited-for")


async def test_an_answer_that_is_sent_twice_is_two_answers_to_one_request(
    sandbox: SandboxProcess,
) -> None:
    await sandbox.misbehave("answer_twice", operation="payments")
    body = b'{"reference":"twice","order_id":1,"amount":"1.00","currency":"GBP","capture":true}'
    reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.port)
    writer.write(
        b"POST /payments HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\nIdempotency-Key: twice\r\n"
        + f"Authorization: {sandbox.client.headers['Authorization']}\r\n".encode()
        + f"Content-Length: {len(body)}\r\n\r\n".encode()
        + body
    )

    received = await reader.read()
    writer.close()

    assert received.count(b"HTTP/1.1 201 Created") == 2
    assert received.count(b'"reference":"twice"') == 2
    assert await sandbox.executions("twice") == 1


async def test_what_was_done_outlives_a_kill_and_so_does_the_key(tmp_path: Path) -> None:
    async with SandboxProcess(tmp_path) as sandbox:
        caller = Caller(sandbox.client)
        first = await caller.pay("p")
        sandbox.stop(signal.SIGKILL)
        await sandbox.start()

        again = await caller.pay("p")

        assert again.content == first.content
        assert await sandbox.executions("p") == 1
        assert sandbox.stop(signal.SIGTERM) == 0


@asynccontextmanager
async def receiver(*statuses: int) -> AsyncIterator[tuple[str, asyncio.Queue[Any]]]:
    """An address that answers with these in turn, then 200, and what it received."""
    left, received = list(statuses), asyncio.Queue[Any]()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:-2])
        plain = dict(line.split(": ", 1) for line in head.split("\r\n")[1:-2])
        body = await reader.readexactly(int(headers["content-length"]))
        status = left.pop(0) if left else 200
        writer.write(
            f"HTTP/1.1 {status} -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
        )
        await writer.drain()
        writer.close()
        await received.put(({name.lower(): text for name, text in plain.items()}, body))

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/hook", received


async def test_every_change_is_told_by_a_signed_webhook_until_it_arrives(tmp_path: Path) -> None:
    async with receiver(500) as (url, received):
        options = ("--webhook-url", url, "--webhook-secret", f"whsec_{SECRET}")
        async with asyncio.timeout(30), SandboxProcess(tmp_path, *options) as sandbox:
            await sandbox.misbehave("answer_twice", times=1, operation="payments")
            payment = (await Caller(sandbox.client).pay("p")).json()
            # Refused, then both copies of the one event.
            deliveries = [await received.get() for _ in range(3)]

    headers, body = deliveries[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = hmac.digest(base64.b64decode(SECRET), signed, hashlib.sha256)
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()
    told = orjson.loads(body)
    assert (told["type"], told["data"]["reference"]) == ("payment.updated", "p")
    assert (told["data"]["payment"]["id"], told["data"]["payment"]["captured"]) == (
        payment["id"],
        "10.50",
    )
    assert len({headers["webhook-id"] for headers, _ in deliveries}) == 1
