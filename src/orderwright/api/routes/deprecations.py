from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from orderwright.api.access import requires
from orderwright.api.deprecation import Calls
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.body import Shown, Time
from orderwright.api.wire.paging import Skipping
from orderwright.domain.interfaces.deprecated_calls import DeprecatedUse
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(prefix="/api/v1/deprecations", tags=["service"], route_class=StrictRoute)


class DeprecatedUseJson(Shown):
    caller: str
    route: str
    calls: int
    first_at: Time
    last_at: Time


@router.get("", response_model=list[DeprecatedUseJson], dependencies=[requires(Permission.ADMIN)])
async def list_some(calls: Calls, page: Annotated[Skipping, Query()]) -> Sequence[DeprecatedUse]:
    """Who still calls routes that are deprecated, and how often: whom to tell before they end."""
    return await calls.report(skip=page.skip, limit=page.limit)
