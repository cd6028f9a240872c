from fastapi import APIRouter
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Now, OrderDetails
from orderwright.api.idempotency import Once
from orderwright.api.parameters import TextId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.tasks import AcceptedTaskJson, TaskJson
from orderwright.application.commands.retry_task import RetryTask, retry_task
from orderwright.domain.entities.task import Task, TaskNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/tasks"
router = APIRouter(prefix=PATH, tags=["tasks"], route_class=StrictRoute)


@router.get("/{task_id}", response_model=TaskJson, dependencies=[requires(Permission.ORDERS_READ)])
async def get(task_id: TextId, details: OrderDetails) -> Task:
    """How far a promised piece of work has got."""
    task = await details.task(task_id)
    if task is None:
        raise TaskNotFound("no task has this id")
    return task


@router.post(
    "/{task_id}/retry",
    status_code=202,
    response_model=AcceptedTaskJson,
    dependencies=[requires(Permission.ORDERS_WRITE)],
)
async def retry(task_id: TextId, once: Once, now: Now) -> Response:
    """Give a dead task another life: it is tried as often again as a new one."""
    command = RetryTask(task_id=task_id)
    return await once.run(
        lambda uow: retry_task(command, uow, now=now),
        rendered(202, AcceptedTaskJson.of, location=lambda task: f"{PATH}/{task.id}"),
    )
