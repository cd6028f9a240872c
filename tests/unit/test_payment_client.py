"""What the settings say of the payment gateway is what a call of it gets."""

from pathlib import Path

import httpx2
import pytest

from orderwright.config import Settings
from orderwright.container import build_container


async def test_a_gateway_may_be_silent_for_as_long_as_a_call_of_it_may_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[object]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.extensions["timeout"])
        return httpx2.Response(200)

    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PAYMENT_TIMEOUT_SECONDS", "12")
    monkeypatch.setenv("PAYMENT_CONNECT_TIMEOUT_SECONDS", "3")
    container = build_container(Settings.load(env_file=None))
    container.payment_client.add_kwargs(transport=httpx2.MockTransport(answer))

    await container.careful_payment_client().send("GET", "http://gateway.example")
    await container.payment_client().close()

    assert seen == [{"connect": 3.0, "read": 12.0, "write": 12.0, "pool": 1.0}]
