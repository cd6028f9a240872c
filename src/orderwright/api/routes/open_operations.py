from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Now, OpenOperations, Settling
from orderwright.api.idempotency import Once
from orderwright.api.parameters import TextId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.open_operations import OperationInNeedJson, ResolveBody
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.payments import PaymentJson
from orderwright.application.commands.resolve_operation import resolve_operation
from orderwright.domain.interfaces.open_operations import OperationInNeed
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(
    prefix="/api/v1/payment-operations",
    tags=["payments"],
    route_class=StrictRoute,
    dependencies=[requires(Permission.PAYMENTS_WRITE)],
)


@router.get("/attention", response_model=list[OperationInNeedJson])
async def in_need(
    operations: OpenOperations, page: Annotated[Skipping, Query()]
) -> Sequence[OperationInNeed]:
    """Payment operations whose outcome the gateway may no longer know, longest waiting first. Look
    them up in the provider's own records, and say what these show."""
    return await operations.in_need(skip=page.skip, limit=page.limit)


@router.post("/{operation_id}/resolve", response_model=PaymentJson)
async def resolve(
    operation_id: TextId, body: ResolveBody, *, once: Once, settlement: Settling, now: Now
) -> Response:
    """Say what became of such an operation. The order goes on from there: it is confirmed, given its
    money back, or may be paid again."""
    command = body.to_command(operation_id)
    return await once.run(
        lambda uow: resolve_operation(command, uow, hear=settlement.hear, now=now),
        rendered(200, PaymentJson.model_validate),
    )
