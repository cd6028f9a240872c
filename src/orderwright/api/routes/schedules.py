from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter

from orderwright.api.access import requires
from orderwright.api.dependencies import provided
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.body import Shown, Time
from orderwright.application.services.schedules import Schedules
from orderwright.domain.entities.schedule import ScheduleState
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(prefix="/api/v1/admin/schedules", tags=["service"], route_class=StrictRoute)


class ScheduleJson(Shown):
    """`last_error` is null when the last run went well."""

    name: str
    due_at: Time
    running: bool
    last_run_at: Time | None
    last_error: str | None


@router.get("", response_model=list[ScheduleJson], dependencies=[requires(Permission.ADMIN)])
async def what_is_scheduled(
    schedules: Annotated[Schedules, provided("schedules")],
) -> Sequence[ScheduleState]:
    """What is done every so often: when it is due, and how its last run went."""
    return await schedules.states()
