from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request

from orderwright.api.dependencies import AnonymousUow, Ids, Now, now_of, of_container
from orderwright.api.one_step import FromRequest
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.body import Shown
from orderwright.application.commands.hear_from_gateway import (
    Heard,
    HearFromGateway,
    hear_from_gateway,
)
from orderwright.domain.interfaces.gateway_webhooks import GatewayNotFound, GatewayWebhooks

router = APIRouter(prefix="/api/v1/gateway-webhooks", tags=["payments"], route_class=StrictRoute)


class HeardJson(Shown):
    outcome: Heard


async def _signed(request: Request) -> GatewayWebhooks:
    """Those of the gateway that has signed the request: asked before the body is parsed.

    Raises: GatewayNotFound, BadWebhookSignature.
    """
    known: Mapping[str, GatewayWebhooks] = of_container(request, "gateway_webhooks")
    webhooks = known.get(request.path_params["provider"])
    if webhooks is None:
        raise GatewayNotFound("no gateway of this name has a secret here to sign webhooks with")
    webhooks.check(request.headers, await request.body(), now=now_of(request))
    return webhooks


Signed = Annotated[GatewayWebhooks, Depends(FromRequest(_signed))]


@router.post("/{provider}")
async def hear(
    provider: str,
    said: Annotated[dict[str, Any], Body()],
    request: Request,
    *,
    webhooks: Signed,
    uow: AnonymousUow,
    ids: Ids,
    now: Now,
) -> HeardJson:
    """For the payment gateway: it says that something has happened to a payment, and is asked what.
    Open to whoever signs with `PAYMENT_WEBHOOK_SECRET`, by Standard Webhooks for `http` and by
    `Stripe-Signature` for `stripe`.

    An `Idempotency-Key` is not looked at: an event is heard once by its id, however often it is told.
    """
    command = HearFromGateway(provider=provider, event=webhooks.event_in(request.headers, said))
    return HeardJson(outcome=await hear_from_gateway(command, uow, ids=ids, now=now))
