"""What the settings say of the payment gateway is what a call of it gets."""

from pathlib import Path

import httpx2

from orderwright.config import Settings
from orderwright.container import build_container


async def test_a_gateway_may_be_silent_for_as_long_as_a_call_of_it_may_take(
    tmp_path: Path,
) -> None:
    seen = list[object]()

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request.extensions["timeout"])
        return httpx2.Response(200)

    settings = Settings(
        data_dir=tmp_path, payment_timeout_seconds=12, payment_connect_timeout_seconds=3
    )
    container = build_container(settings)
    container.payment_client.add_kwargs(transport=httpx2.MockTransport(answer))

    await container.careful_payment_client().send("GET", "http://gateway.example")
    await container.payment_client().close()

    assert seen == [{"connect": 3.0, "read": 12.0, "write": 12.0, "pool": 1.0}]
