from collections.abc import Sequence

from fastapi import APIRouter

from orderwright.api.access import requires
from orderwright.api.dependencies import Circuits, Watched
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.dependencies import DependencyJson
from orderwright.application.queries.dependencies import dependencies
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(prefix="/api/v1/admin", tags=["service"], route_class=StrictRoute)


@router.get("/dependencies", dependencies=[requires(Permission.ADMIN)])
async def list_all(watched: Watched, circuits: Circuits) -> Sequence[DependencyJson]:
    """Whether those whom the service asks answer, and whether their circuits are open. They are asked
    about once a second at most; while one does not answer, its last answer is told, marked stale."""
    return [DependencyJson.of(status) for status in await dependencies(watched, circuits)]
