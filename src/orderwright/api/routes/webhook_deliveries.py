from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from orderwright.api.dependencies import Webhooks
from orderwright.api.paging import page_of
from orderwright.api.parameters import IntId
from orderwright.api.routes.webhooks import GATES, PATH
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.webhooks import DeliveryInFullJson, DeliveryJson, DeliveryQuery
from orderwright.domain.entities.webhook_endpoint import WebhookNotFound
from orderwright.domain.interfaces.webhooks import DeliveryNotFound

router = APIRouter(
    prefix=f"{PATH}/{{webhook_id}}/deliveries",
    tags=["webhooks"],
    route_class=StrictRoute,
    dependencies=GATES,
)


@router.get("", response_model=list[DeliveryJson])
async def list_deliveries(
    request: Request,
    webhook_id: IntId,
    webhooks: Webhooks,
    query: Annotated[DeliveryQuery, Query()],
) -> Response:
    """What was to reach the endpoint, newest first. `Link` leads to the next page."""
    if await webhooks.endpoint(webhook_id) is None:
        raise WebhookNotFound("no webhook has this id")
    found = await webhooks.deliveries(
        webhook_id,
        below=query.cursor,
        limit=query.limit + 1,
        state=query.state,
        event_type=query.type,
    )
    return page_of(
        request, found, query.limit, DeliveryJson.model_validate, cursor=lambda last: last.id
    )


@router.get("/{delivery_id}")
async def get_delivery(
    webhook_id: IntId, delivery_id: IntId, webhooks: Webhooks
) -> DeliveryInFullJson:
    """One delivery, with what was sent and what was answered at each attempt."""
    delivery = await webhooks.delivery(webhook_id, delivery_id)
    if delivery is None:
        raise DeliveryNotFound("the webhook has no such delivery")
    return DeliveryInFullJson.of(delivery, await webhooks.attempts(delivery_id))
