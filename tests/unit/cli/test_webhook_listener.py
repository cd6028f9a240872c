import json
from datetime import UTC, datetime
from typing import Final

import httpx2
import pytest

from orderwright.application.services.webhook_signature import signed_headers
from orderwright.cli.serving.hooks import Listener

SECRET: Final = "whsec_" + "Zm9y" * 8
BODY: Final = b'{"type":"order.placed"}'


async def test_it_prints_what_is_signed_once_and_refuses_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    headers = dict(signed_headers([SECRET], "evt_1", datetime.now(UTC), BODY))
    transport = httpx2.ASGITransport(app=Listener(SECRET))
    async with httpx2.AsyncClient(transport=transport, base_url="http://listener.test") as client:
        answers = [
            await client.post("/", headers=headers, content=BODY),
            await client.post("/", headers=headers, content=BODY),
            await client.post("/", headers=headers, content=BODY + b" "),
            await client.post("/", content=BODY),
            await client.post("/", headers={**headers, "webhook-timestamp": "9" * 5000}),
            await client.get("/"),
        ]

    assert [each.status_code for each in answers] == [204, 204, 400, 400, 400, 405]
    printed = capsys.readouterr().out.splitlines()
    assert list(map(json.loads, printed)) == [
        {"webhook_id": "evt_1", "message": {"type": "order.placed"}}
    ]
