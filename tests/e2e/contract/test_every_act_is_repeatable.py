"""Idempotency-Key on every POST and PATCH there is, whoever added it."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2
import pytest

from tests.e2e.api.service import Service
from tests.e2e.contract.operations import NOTHING, Operation, operations

# Whose first answer may not be given twice: a token is shown once, and a refresh token used once.
# A webhook has an id of its own.
WITHOUT_KEY = {
    "/token",
    "/token/refresh",
    "/token/revoke",
    "/api/v1/gateway-webhooks/{provider}",
}
# With a secret in it that is not kept.
SHOWN_ONCE = {
    "POST /api/v1/api-keys",
    "POST /api/v1/webhooks",
    "POST /api/v1/webhooks/{webhook_id}/rotate",
}
# Of this answer, and not of what was asked for.
OF_THE_MOMENT = {"x-correlation-id", "idempotency-replayed", "date", "ratelimit"}
# Where a body is only well formed when its members fit each other.
BODIES: Final[Mapping[str, Any]] = {
    "POST /api/v1/products": {"sku": "B", "name": "B", "price": "1.00", "currency": "GBP"},
}


def acts(service: Service) -> Iterator[Operation]:
    for operation in operations(service.app):
        if operation.method in ("POST", "PATCH") and operation.path not in WITHOUT_KEY:
            yield operation


async def twice(
    client: httpx2.AsyncClient, act: Operation, path: str
) -> tuple[httpx2.Response, httpx2.Response]:
    headers = {"Idempotency-Key": act.name.replace(" ", ":")}
    said = BODIES.get(act.name, act.body)
    body: dict[str, Any] = {} if said is None else {"json": said}
    if act.path.endswith("/attachments"):
        body = {"files": {"file": ("a.txt", b"some text", "text/plain")}}
    first = await client.request(act.method, path, headers=headers, **body)
    return first, await client.request(act.method, path, headers=headers, **body)


def lasting(response: httpx2.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in OF_THE_MOMENT}


@pytest.mark.parametrize("id_", [NOTHING, "1"])
async def test_every_act_asked_for_twice_is_answered_twice_and_done_once(
    service: Service, id_: str
) -> None:
    shop = await service.shop()
    await shop.placed(await shop.product("A", stock=5))

    for act in acts(service):
        first, again = await twice(shop.client, act, re.sub(r"{[^}]+}", id_, act.path))

        assert "Idempotency-Replayed" not in first.headers, act.name
        assert again.headers.get("Idempotency-Replayed") == "true", (act.name, first.text)
        if act.name not in SHOWN_ONCE:
            assert again.content == first.content, act.name
            assert lasting(again) == lasting(first), act.name
        assert again.status_code == first.status_code, act.name


async def test_no_act_takes_a_key_that_is_none(service: Service) -> None:
    client = await service.client()

    for act in acts(service):
        for key in (b"", b"k" * 256, b"two words", b"\xe9"):
            path = re.sub(r"{[^}]+}", NOTHING, act.path)
            response = await client.request(
                act.method, path, json=act.body, headers=[(b"Idempotency-Key", key)]
            )
            assert response.status_code == 422, (act.name, key)
            assert response.json()["code"] == "invalid_idempotency_key", (act.name, key)
