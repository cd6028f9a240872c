"""What the versions of the order routes differ in. The routes themselves are the same, made once a
version by the functions `routes(api)` under `routes/`."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import GenericAlias
from typing import Any

from pydantic import BaseModel

from orderwright.api.answers import Render, etag, rendered
from orderwright.api.deprecation import succeeded_by_second
from orderwright.api.idempotency import Complete
from orderwright.api.wire.order_bytes import ShownOrder, order_bytes
from orderwright.api.wire.orders import OrderJson
from orderwright.api.wire.payments import PaymentJson, RefundJson
from orderwright.api.wire.v2.orders import OrderV2Json
from orderwright.api.wire.v2.payments import PaymentV2Json, RefundV2Json
from orderwright.application.services.order_in_full import in_full
from orderwright.domain.entities.order import Order
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import Answer
from orderwright.domain.interfaces.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderApi:
    """`complete` reads what `show` shows beside the order that a use case gives."""

    path: str
    order: type[BaseModel]
    payment: type[BaseModel]
    refund: type[BaseModel]
    show: Callable[[int, bool], Render[Any]]
    complete: Complete | None = None
    gates: tuple[Any, ...] = ()

    def answer(self, status: int) -> Render[Any]:
        return self.show(status, False)

    def placed(self) -> Render[OrderInFull]:
        """What answers an order that was just placed."""
        render = self.show(201, True)
        return render if self.complete else lambda placed: render(placed.order)


def many(model: type[BaseModel]) -> Any:
    """The type of a list of them, of a model that only the version knows."""
    return GenericAlias(list, (model,))


def _plainly(status: int, is_new: bool) -> Render[Any]:  # noqa: FBT001 - two of a kind
    def render(order: ShownOrder) -> Answer:
        headers = {"content-type": "application/json"}
        if is_new:
            headers["location"] = f"{V1.path}/{order.id}"
        headers["etag"] = etag(order.version)
        return Answer(status, headers, order_bytes(order))

    return render


def _in_full(status: int, is_new: bool) -> Render[Any]:  # noqa: FBT001 - two of a kind
    plain: Render[OrderInFull] = rendered(
        status,
        OrderV2Json.of,
        location=(lambda full: f"{V2.path}/{full.order.id}") if is_new else None,
    )

    def render(full: OrderInFull) -> Answer:
        answer = plain(full)
        return replace(answer, headers={**answer.headers, "etag": _etag(full, answer.body)})

    return render


async def tag_of_order_in_full(order: Order, uow: UnitOfWork) -> str:
    """What the second version's ETag is now: all that it shows is read, for any of it may differ."""
    return _in_full(200, False)(await in_full(order, uow)).headers["etag"]


def _etag(full: OrderInFull, body: bytes) -> str:
    """What stands around an order changes without it: the version alone would not tell."""
    return f'"{full.order.version}-{hashlib.sha256(body).hexdigest()[:16]}"'


V1 = OrderApi(
    path="/api/v1/orders",
    order=OrderJson,
    payment=PaymentJson,
    refund=RefundJson,
    show=_plainly,
    gates=(succeeded_by_second(),),
)
V2 = OrderApi(
    path="/api/v2/orders",
    order=OrderV2Json,
    payment=PaymentV2Json,
    refund=RefundV2Json,
    show=_in_full,
    complete=in_full,
)
