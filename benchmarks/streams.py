"""`python -m benchmarks.streams --clients 1000`: what clients that follow the events cost the server."""

import argparse
import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from tests.server_process import ServerProcess

_EVENTS = 200
_WITHIN_S = 120.0


def rss_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [each for each in status.splitlines() if each.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def cpu_s(pid: int) -> float:
    """Of the process alone, from the scheduler, in nanoseconds there."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((each / "schedstat").read_text().split()[0]) for each in tasks) / 1e9


@dataclass(slots=True)
class Follower:
    """A client of plain bytes: a thousand of a real one's would measure that."""

    port: int
    key: str
    after: int
    seen: list[int] = field(default_factory=list)

    async def follow(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        request = (
            "GET /api/v1/events/stream?type=customer.* HTTP/1.1\r\nHost: test\r\n"
            f"Authorization: Bearer {self.key}\r\n"
            f"Last-Event-ID: {self.seen[-1] if self.seen else self.after}\r\n\r\n"
        )
        writer.write(request.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"id: "):
                    self.seen.append(int(line[4:]))
        finally:
            writer.close()


async def measure(clients: int, directory: Path) -> None:
    url = f"sqlite+aiosqlite:///{directory}/streams.db"
    async with ServerProcess(url, directory) as server:
        key = await server.api_key()
        async with server.client(key) as client:
            await _place(client, 20)
            idle_mib = rss_mib(server.pid)
            begun_s = cpu_s(server.pid)
            await _place(client, _EVENTS)
            alone_s = cpu_s(server.pid) - begun_s
            head = await _head(client)
            followers = [Follower(server.port, key, head) for _ in range(clients)]
            running = [asyncio.create_task(each.follow()) for each in followers]
            await asyncio.sleep(10)  # until all of them are there, and quiet
            quiet_s = cpu_s(server.pid)
            await asyncio.sleep(20)
            quiet_s = (cpu_s(server.pid) - quiet_s) / 20
            full_mib, begun_s = rss_mib(server.pid), cpu_s(server.pid)
            await _place(client, _EVENTS // 2)
            for number in range(clients // 10):  # a tenth goes away and comes back
                running[number].cancel()
            await _place(client, _EVENTS // 2)
            for number in range(clients // 10):
                running[number] = asyncio.create_task(followers[number].follow())
            async with asyncio.timeout(_WITHIN_S):
                while any(len(each.seen) < _EVENTS for each in followers):  # noqa: ASYNC110 - plain clients
                    await asyncio.sleep(0.1)
            sent_s = cpu_s(server.pid) - begun_s - alone_s
            peak_mib = rss_mib(server.pid)
        wrong = sum(
            each.seen != sorted(set(each.seen)) or len(each.seen) != _EVENTS for each in followers
        )
        print(
            f"{clients} clients: {(full_mib - idle_mib) * 1024 / clients:.0f} KiB each"
            f" ({idle_mib:.0f} -> {full_mib:.0f} MiB, after sending {peak_mib:.0f} MiB);"
            f" {quiet_s * 100:.1f} % of a core while quiet;"
            f" {sent_s / _EVENTS / clients * 1e6:.1f} us an event and client;"
            f" {wrong} missed something or got it twice"
        )
        stopping = asyncio.get_running_loop().time()
        code = await server.terminate()
        took_s = asyncio.get_running_loop().time() - stopping
        print(f"SIGTERM with all of them there: exit {code} after {took_s:.1f} s")
        await asyncio.gather(*running, return_exceptions=True)


async def _head(client: httpx2.AsyncClient) -> int:
    await asyncio.sleep(2)  # all of them have their positions
    head = 0
    while page := (await client.get(f"/api/v1/events?after={head}&limit=100")).json():
        head = page[-1]["id"]
    return int(head)


async def _place(client: httpx2.AsyncClient, many: int) -> None:
    for number in range(many):
        made = await client.post("/api/v1/customers", json={"name": f"Ada {number}"})
        made.raise_for_status()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, default=1000)
    with tempfile.TemporaryDirectory() as directory:
        asyncio.run(measure(parser.parse_args().clients, Path(directory)))


if __name__ == "__main__":
    main()
