from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import no_content
from orderwright.api.dependencies import Deliveries, Now
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IntId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.events import DeadEventJson
from orderwright.api.wire.paging import Skipping
from orderwright.application.commands.retry_event import RetryEvent, retry_event
from orderwright.domain.interfaces.event_delivery import DeadEvent
from orderwright.domain.value_objects.permission import Permission

Consumer = Annotated[str, Path(max_length=64, pattern=r"^[a-z0-9_.-]+$")]

router = APIRouter(
    prefix="/api/v1/events/dead",
    tags=["events"],
    route_class=StrictRoute,
    dependencies=[requires(Permission.ADMIN)],
)


@router.get("", response_model=list[DeadEventJson])
async def dead(deliveries: Deliveries, page: Annotated[Skipping, Query()]) -> Sequence[DeadEvent]:
    """Events that a part of the service could not take and has given up, the latest first."""
    return await deliveries.dead(skip=page.skip, limit=page.limit)


@router.post("/{consumer}/{event_id}/retry", status_code=204)
async def retry(consumer: Consumer, event_id: IntId, once: Once, now: Now) -> Response:
    """Offer it again, as often as a new one. It comes after what was handed over of the same order
    meanwhile, and before what was not."""
    command = RetryEvent(consumer=consumer, event_id=event_id)
    return await once.run(lambda uow: retry_event(command, uow, now=now), no_content)
