"""A gateway says over HTTP that something has happened; what has, it is asked."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from dependency_injector import providers
from sqlalchemy import func, select

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.infrastructure.database import tables_payments
from orderwright.infrastructure.external_services.gateway_webhooks import (
    StandardWebhooks,
    StripeWebhooks,
)
from tests.back_office import BackOffice, SteppingClock
from tests.e2e.api.service import Service
from tests.gateways import UnreliableGateway
from tests.shop import Shop
from tests.webhooks import (
    NEW_SECRET,
    OLD_SECRET,
    signed,
    signed_by_stripe,
    told,
    told_by_stripe,
)

PATH = "/api/v1/gateway-webhooks"
JSON = {"content-type": "application/json; charset=utf-8"}


async def listening(url: str, tmp_path: Path, opened: AsyncExitStack) -> Service:
    service = await opened.enter_async_context(
        Service.running(url, tmp_path / "data", payment_sweep_seconds=3600)
    )
    secrets = [OLD_SECRET, NEW_SECRET]
    heard = {"http": StandardWebhooks(secrets), "stripe": StripeWebhooks(secrets)}
    opened.callback(service.app.state.container.gateway_webhooks.reset_override)
    service.app.state.container.gateway_webhooks.override(providers.Object(heard))
    return service


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with AsyncExitStack() as opened:
        yield await listening(database_url, tmp_path, opened)


@pytest.fixture
async def lone(sqlite_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    """Where it makes no difference which database there is: none is reached."""
    async with AsyncExitStack() as opened:
        yield await listening(sqlite_url, tmp_path, opened)


async def tell(
    service: Service, provider: str, body: bytes, headers: dict[str, str]
) -> httpx2.Response:
    client = await service.anonymous()
    return await client.post(f"{PATH}/{provider}", content=body, headers=JSON | headers)


async def kept(service: Service) -> int:
    async with service.container.database().read_sessions() as session:
        return (
            await session.scalar(select(func.count()).select_from(tables_payments.gateway_events))
            or 0
        )


def now(service: Service) -> Any:
    return service.container.clock().now()


async def test_a_charge_that_nobody_heard_of_is_found_because_the_gateway_tells(
    service: Service,
) -> None:
    office = BackOffice(
        service.container.database(),
        gateway=UnreliableGateway(OperationKind.CHARGE),
        # Of today, or the service itself would find the order overdue.
        clock=SteppingClock(now(service)),
    )
    order = await office.paid(await office.product())
    assert order.payment_status is PaymentStatus.UNKNOWN
    (operation,) = (await office.payment(order.id)).operations
    body = told(operation.id)

    answers = [await tell(service, "http", body, signed(body, now(service))) for _ in range(2)]

    assert [(each.status_code, each.json()) for each in answers] == [
        (200, {"outcome": "asking"}),
        (200, {"outcome": "heard_before"}),
    ]
    settled = await Shop(await service.client(), 0).until_processed(order.id)
    assert (settled["status"], settled["payment_status"]) == ("confirmed", "paid")


async def test_stripe_is_heard_in_its_own_words(service: Service) -> None:
    body = told_by_stripe("nobody's")

    first = await tell(service, "stripe", body, signed_by_stripe(body, now(service)))
    again = await tell(
        service, "stripe", body, signed_by_stripe(body, now(service), secret=NEW_SECRET)
    )

    assert [(each.status_code, each.json()) for each in (first, again)] == [
        (200, {"outcome": "unknown_reference"}),
        (200, {"outcome": "heard_before"}),
    ]
    assert await kept(service) == 1


async def test_a_webhook_that_is_not_signed_well_is_refused_and_nothing_is_written(
    lone: Service,
) -> None:
    body, at = told("op-1"), now(lone)
    good = signed(body, at)
    bad = [
        ("http", body, {}),
        ("http", body + b" ", good),
        ("http", b"{", good),
        ("http", body, good | {"webhook-id": "evt-2"}),
        ("http", body, signed(body, at - timedelta(seconds=310))),
        ("http", body, signed(body, at, key=b"the key of somebody else")),
        ("stripe", body, good),
        ("stripe", body, signed_by_stripe(body, at, secret="whsec_other")),
        ("http", body, signed_by_stripe(body, at)),
    ]

    for provider, content, headers in bad:
        answer = await tell(lone, provider, content, headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "bad_webhook_signature")
    assert await kept(lone) == 0


async def test_a_gateway_that_is_not_in_use_is_not_there(lone: Service) -> None:
    body = told("op-1")

    answer = await tell(lone, "sandbox", body, signed(body, now(lone)))

    assert (answer.status_code, answer.json()["code"]) == (404, "gateway_not_found")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "malformed_json"),
        (b"[]", 422, "validation_error"),
        (b'{"id": "a", "id": "b"}', 422, "duplicate_member"),
        (b"{}", 422, "unreadable_webhook"),
    ],
)
async def test_what_is_signed_well_has_to_be_an_event_too(
    body: bytes, status: int, code: str, lone: Service
) -> None:
    answer = await tell(lone, "stripe", body, signed_by_stripe(body, now(lone)))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await kept(lone) == 0


async def test_a_webhook_that_is_too_large_is_not_read(lone: Service) -> None:
    body = told("op-1", note="x" * 1_100_000)

    answer = await tell(lone, "http", body, signed(body, now(lone)))

    assert (answer.status_code, answer.json()["code"]) == (413, "payload_too_large")
