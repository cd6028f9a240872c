"""Many orders in one request, each placed or refused by itself."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.batches import Batch
from orderwright.api.dependencies import Now, Processor, Secrets
from orderwright.api.idempotency import Once
from orderwright.api.order_api import OrderApi
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.order_batches import BatchJson
from orderwright.api.wire.orders import PlaceOrdersBody
from orderwright.application.commands.place_orders import place_orders
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=api.path, tags=["orders"], route_class=StrictRoute, dependencies=api.gates
    )

    @router.post(
        "/batch",
        status_code=207,
        response_model=BatchJson[api.order],  # type: ignore[name-defined]
        dependencies=[requires(Permission.ORDERS_WRITE)],
    )
    async def place_many(
        request: Request,
        body: PlaceOrdersBody,
        *,
        once: Once,
        now: Now,
        processor: Processor,
        secrets: Secrets,
    ) -> Response:
        """Place up to 1,000 orders. Each is answered as if it had been sent alone: one that is refused
        does not keep the others from being placed. With an `Idempotency-Key` the whole can be sent
        again after a failure: what was placed is not placed again."""
        batch = Batch(request, api, once.context, keyed=once.keyed, hashed=secrets.hash)
        said = (await request.json())["orders"]
        requests = [
            batch.request_for(order, raw, now) for order, raw in zip(body.orders, said, strict=True)
        ]
        return await once.run(lambda uow: place_orders(requests, uow, processor), batch.answer)

    return router
