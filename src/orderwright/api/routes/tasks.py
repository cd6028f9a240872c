from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered
from orderwright.api.dependencies import Now, OrderDetails
from orderwright.api.idempotency import Once
from orderwright.api.paging import page_of
from orderwright.api.parameters import TextId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.body import Page
from orderwright.api.wire.paging import Limit
from orderwright.api.wire.tasks import AcceptedTaskJson, TaskJson
from orderwright.application.commands.retry_task import RetryTask, retry_task
from orderwright.domain.entities.task import Task, TaskNotFound, TaskState
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


class TasksPage(Page):
    """`after`: the `task_id` of the last one that you have."""

    state: Literal["dead", "failed"] = "dead"
    after: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    limit: Limit = 20


@router.get("", response_model=list[TaskJson], dependencies=[requires(Permission.ORDERS_READ)])
async def list_some(
    request: Request, details: OrderDetails, page: Annotated[TasksPage, Query()]
) -> Response:
    """Tasks that were given up (`dead`), or refused for good (`failed`), the latest first. `Link` leads
    to the next page."""
    found = await details.tasks(TaskState(page.state), after=page.after, limit=page.limit + 1)
    return page_of(request, found, page.limit, TaskJson.model_validate, after=lambda last: last.id)


@router.post(
    "/{task_id}/retry",
    status_code=202,
    response_model=AcceptedTaskJson,
    dependencies=[requires(Permission.ORDERS_WRITE)],
)
async def retry(task_id: TextId, once: Once, now: Now) -> Response:
    """Give a dead task another life: it is tried as often again as a new one. Where it was to process
    an order whose payment has failed meanwhile, another payment is made with the same token."""
    command = RetryTask(task_id=task_id)
    return await once.run(
        lambda uow: retry_task(command, uow, now=now),
        rendered(202, AcceptedTaskJson.of, location=lambda task: f"{PATH}/{task.id}"),
    )
