from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Ids, Now, OrderDetails
from orderwright.api.order_api import OrderApi
from orderwright.api.parameters import IntId, TextId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.fulfilment import ShipBody, ShipmentJson
from orderwright.application.commands.deliver_shipment import DeliverShipment, deliver_shipment
from orderwright.application.commands.ship_order import ship_order
from orderwright.application.queries.order_details import of_existing_order
from orderwright.domain.entities.shipment import Shipment
from orderwright.domain.value_objects.permission import Permission

WRITE = [requires(Permission.ORDERS_WRITE)]


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}/shipments",
        tags=["fulfilment"],
        route_class=StrictRoute,
        dependencies=api.gates,
    )

    @router.post("", status_code=201, response_model=ShipmentJson, dependencies=WRITE)
    async def ship(
        order_id: IntId,
        once: OnceIfMatch,
        now: Now,
        ids: Ids,
        body: Annotated[ShipBody, Body(default_factory=ShipBody)],
    ) -> Response:
        """Hand goods to a carrier; without `items`, all that is left."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: ship_order(command, uow, now=now, ids=ids),
            rendered(201, ShipmentJson.model_validate),
        )

    @router.get(
        "", response_model=list[ShipmentJson], dependencies=[requires(Permission.ORDERS_READ)]
    )
    async def list_shipments(order_id: IntId, details: OrderDetails) -> Sequence[Shipment]:
        """The order's shipments, oldest first."""
        return await of_existing_order(order_id, details, details.shipments)

    @router.post("/{shipment_id}/deliver", response_model=ShipmentJson, dependencies=WRITE)
    async def deliver(
        order_id: IntId, shipment_id: TextId, once: OnceIfMatch, now: Now
    ) -> Response:
        """Note that it arrived; the last shipment of a shipped order makes it delivered."""
        command = DeliverShipment(order_id=order_id, shipment_id=shipment_id)
        return await once.run(
            lambda uow: deliver_shipment(command, uow, now=now),
            rendered(200, ShipmentJson.model_validate),
        )

    return router
