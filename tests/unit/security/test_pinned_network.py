import asyncio
from collections.abc import Iterable, Sequence
from typing import Any

import httpcore2
import httpx2
import pytest

from orderwright.domain.interfaces.security import UrlRefused
from orderwright.infrastructure.security.pinned_network import PinnedNetwork, pinned_transport
from orderwright.infrastructure.security.url_guard import OutboundUrls

PUBLIC, OTHER = "93.184.215.14", "93.184.215.15"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


class Wires(httpcore2.AsyncMockBackend):
    """Notes where connections lead; `dead` ones refuse."""

    def __init__(self, dead: Sequence[str] = ()) -> None:
        super().__init__([ANSWER])
        self.led_to: list[tuple[str, int]] = []
        self._dead = dead

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        self.led_to.append((host, port))
        if host in self._dead:
            raise httpcore2.ConnectError("refused")
        return await super().connect_tcp(host, port, timeout, local_address, socket_options)


class Resolver:
    """Says the next of its answers each time; the last one for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = list(answers)
        self.asked = 0

    async def __call__(self, _host: str, _port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def client(resolver: Resolver, wires: Wires, *ports: int) -> httpx2.AsyncClient:
    network = PinnedNetwork(OutboundUrls(frozenset(ports or (80, 443))), resolver, wires)
    return httpx2.AsyncClient(transport=pinned_transport(network, connections_max=4))


async def test_the_connection_leads_to_the_address_that_was_checked() -> None:
    resolver, wires = Resolver([PUBLIC]), Wires()

    async with client(resolver, wires) as http:
        answer = await http.post("http://hooks.example.com/")

    assert (answer.status_code, resolver.asked, wires.led_to) == (200, 1, [(PUBLIC, 80)])


async def test_a_resolver_that_changes_its_mind_finds_each_request_checked_anew() -> None:
    resolver, wires = Resolver([PUBLIC], ["127.0.0.1"]), Wires()

    async with client(resolver, wires) as http:
        await http.post("http://hooks.example.com/")
        with pytest.raises(UrlRefused):
            await http.post("http://hooks.example.com/")

    assert wires.led_to == [(PUBLIC, 80)]


async def test_one_private_address_among_public_ones_is_one_too_many() -> None:
    wires = Wires()

    async with client(Resolver([PUBLIC, "10.0.0.5"]), wires) as http:
        with pytest.raises(UrlRefused):
            await http.post("http://hooks.example.com/")

    assert wires.led_to == []


async def test_a_second_address_is_tried_when_the_first_is_dead() -> None:
    wires = Wires(dead=[PUBLIC])

    async with client(Resolver([PUBLIC, OTHER]), wires) as http:
        await http.post("http://hooks.example.com/")

    assert wires.led_to == [(PUBLIC, 80), (OTHER, 80)]


async def test_a_port_that_is_not_allowed_is_not_even_resolved() -> None:
    resolver = Resolver([PUBLIC])

    async with client(resolver, Wires(), 443) as http:
        with pytest.raises(UrlRefused):
            await http.post("http://hooks.example.com:6379/")

    assert resolver.asked == 0


async def test_a_name_that_is_not_resolved_in_time_is_a_connection_that_failed() -> None:
    async def never(_host: str, _port: int) -> Sequence[str]:
        await asyncio.Event().wait()
        return []

    network = PinnedNetwork(OutboundUrls(frozenset({80})), never, Wires())
    async with httpx2.AsyncClient(
        transport=pinned_transport(network, connections_max=1), timeout=0.01
    ) as http:
        with pytest.raises(httpx2.ConnectTimeout):
            await http.post("http://hooks.example.com/")
