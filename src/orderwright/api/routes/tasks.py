from fastapi import APIRouter

from orderwright.api.access import requires
from orderwright.api.dependencies import OrderDetails
from orderwright.api.parameters import TextId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.tasks import TaskJson
from orderwright.domain.entities.task import Task, TaskNotFound
from orderwright.domain.value_objects.permission import Permission

router = APIRouter(prefix="/api/v1/tasks", tags=["tasks"], route_class=StrictRoute)


@router.get("/{task_id}", response_model=TaskJson, dependencies=[requires(Permission.ORDERS_READ)])
async def get(task_id: TextId, details: OrderDetails) -> Task:
    """How far a promised piece of work has got."""
    task = await details.task(task_id)
    if task is None:
        raise TaskNotFound(f"no task {task_id}")
    return task
