from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Catalogue, LowStock, Now
from orderwright.api.idempotency import Once
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.paging import Skipping
from orderwright.api.wire.stock import (
    AdjustStockBody,
    CreateLocationBody,
    LocationJson,
    StockLevelJson,
    StockPage,
)
from orderwright.application.commands.adjust_stock import adjust_stock
from orderwright.application.commands.create_location import create_location
from orderwright.domain.entities.location import Location
from orderwright.domain.interfaces.readers import StockLevelView
from orderwright.domain.value_objects.permission import Permission

READ = [requires(Permission.INVENTORY_READ)]
WRITE = [requires(Permission.INVENTORY_WRITE)]
router = APIRouter(prefix="/api/v1", tags=["stock"], route_class=StrictRoute)


@router.post("/locations", status_code=201, response_model=LocationJson, dependencies=WRITE)
async def create_a_location(body: CreateLocationBody, once: Once, now: Now) -> Response:
    """Add a place that holds stock."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_location(command, uow, now=now),
        rendered(201, LocationJson.model_validate),
    )


@router.get("/locations", response_model=list[LocationJson], dependencies=READ)
async def list_locations(
    catalogue: Catalogue, page: Annotated[Skipping, Query()]
) -> Sequence[Location]:
    """Locations by id. The first one has been there from the start."""
    return await catalogue.locations(skip=page.skip, limit=page.limit)


@router.get("/inventory", response_model=list[StockLevelJson], dependencies=READ)
async def list_levels(
    catalogue: Catalogue, page: Annotated[StockPage, Query()]
) -> Sequence[StockLevelView]:
    """What is where, and how much of it is not promised yet."""
    return await catalogue.stock_levels(**page.model_dump())


@router.post(
    "/inventory/adjustments", status_code=201, response_model=StockLevelJson, dependencies=WRITE
)
async def adjust(
    body: AdjustStockBody, once: Once, now: Now, low_stock: LowStock, background: BackgroundTasks
) -> Response:
    """Count in or write off; never below what orders have reserved."""
    command = body.to_command()
    # A background task of the framework is gone when the process is killed, and tried only once. This
    # one may be lost: the next change of the stock looks again. Whatever may not is a task in the database.
    background.add_task(low_stock.look, command.product_id, command.location_id)
    return await once.run(
        lambda uow: adjust_stock(command, uow, now=now),
        rendered(201, StockLevelJson.model_validate),
    )
