from collections.abc import Sequence

from fastapi import APIRouter

from orderwright.api.access import requires
from orderwright.api.dependencies import OrderDetails
from orderwright.api.order_api import OrderApi, many
from orderwright.api.parameters import IntId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.orders import ActionJson, TimelineEntryJson
from orderwright.application.queries.order_actions import PossibleAction, order_actions
from orderwright.application.queries.order_details import of_existing_order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.interfaces.readers import TimelineEntry
from orderwright.domain.value_objects.permission import Permission


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}",
        tags=["orders"],
        route_class=StrictRoute,
        dependencies=[*api.gates, requires(Permission.ORDERS_READ)],
    )

    @router.get("/timeline", response_model=list[TimelineEntryJson])
    async def timeline(order_id: IntId, details: OrderDetails) -> Sequence[TimelineEntry]:
        """Everything that happened to the order, oldest first: what, when, and who did it."""
        return await of_existing_order(order_id, details, details.timeline)

    @router.get("/payments", response_model=many(api.payment))
    async def payments(order_id: IntId, details: OrderDetails) -> Sequence[Payment]:
        """The attempts to take the order's money, oldest first, each with its journal."""
        return await of_existing_order(order_id, details, details.payments)

    @router.get("/actions", response_model=list[ActionJson])
    async def actions(order_id: IntId, details: OrderDetails) -> Sequence[PossibleAction]:
        """Every act on the order, and for those it does not allow now, why not."""
        return await order_actions(order_id, details)

    return router
