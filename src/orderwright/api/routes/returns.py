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
from orderwright.api.wire.fulfilment import ReceiveBody, ReturnBody, ReturnJson
from orderwright.application.commands.receive_return import receive_return
from orderwright.application.commands.request_return import request_return
from orderwright.application.queries.order_details import of_existing_order
from orderwright.domain.entities.return_ import Return
from orderwright.domain.value_objects.permission import Permission

WRITE = [requires(Permission.ORDERS_WRITE)]


def routes(api: OrderApi) -> APIRouter:
    router = APIRouter(
        prefix=f"{api.path}/{{order_id}}/returns",
        tags=["fulfilment"],
        route_class=StrictRoute,
        dependencies=api.gates,
    )

    @router.post("", status_code=201, response_model=ReturnJson, dependencies=WRITE)
    async def request(
        order_id: IntId, body: ReturnBody, once: OnceIfMatch, now: Now, ids: Ids
    ) -> Response:
        """Agree that goods come back; never more than was shipped."""
        command = body.to_command(order_id)
        return await once.run(
            lambda uow: request_return(command, uow, now=now, ids=ids),
            rendered(201, ReturnJson.model_validate),
        )

    @router.get(
        "", response_model=list[ReturnJson], dependencies=[requires(Permission.ORDERS_READ)]
    )
    async def list_returns(order_id: IntId, details: OrderDetails) -> Sequence[Return]:
        """The order's returns, oldest first."""
        return await of_existing_order(order_id, details, details.returns)

    @router.post("/{return_id}/receive", response_model=ReturnJson, dependencies=WRITE)
    async def receive(
        order_id: IntId,
        return_id: TextId,
        once: OnceIfMatch,
        now: Now,
        body: Annotated[ReceiveBody, Body(default_factory=ReceiveBody)],
    ) -> Response:
        """Note that the goods are here; lines marked so go back into stock. `items` say what really
        came, never more than was requested: what they leave out did not come, is not refunded with
        this return, and may come back by another one. Without `items`, all of it came."""
        command = body.to_command(order_id, return_id)
        return await once.run(
            lambda uow: receive_return(command, uow, now=now),
            rendered(200, ReturnJson.model_validate),
        )

    return router
