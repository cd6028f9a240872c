import asyncio
from typing import Any

import pytest

from orderwright.application.commands.process_order import PROCESS_ORDER
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.patience import AWAITED_S
from tests.shop import Shop


async def left_behind(service: Service, order: dict[str, Any], state: TaskState) -> str:
    """A task to process the order, as the runner would have left it."""
    now = service.container.clock().now()
    task = Task(
        id=service.container.ids().new_id(),
        name=PROCESS_ORDER,
        payload={"order_id": order["id"], "payment_token": None, "payments_before": 0},
        dedupe_key=f"{PROCESS_ORDER}:{order['id']}",
        order_id=order["id"],
        created_at=now,
        due_at=now,
        state=state,
        attempts=4,
        fence=4,
        finished_at=now,
        error={"code": "internal_error", "detail": "the task failed unexpectedly"},
    )
    async with service.uow() as uow:
        await uow.tasks.enqueue(task)
        await uow.commit()
    return task.id


@pytest.fixture
async def order(shop: Shop) -> dict[str, Any]:
    return await shop.placed(await shop.product("A", stock=5))


async def test_a_dead_task_is_given_another_life(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    dead = await left_behind(service, order, TaskState.DEAD)

    response = await shop.client.post(f"/api/v1/tasks/{dead}/retry")

    assert response.status_code == 202, response.text
    assert response.json() == {"task_id": dead, "job_id": dead}
    assert response.headers["Location"] == f"/api/v1/tasks/{dead}"
    async with asyncio.timeout(AWAITED_S):
        while (task := await shop.get(f"/api/v1/tasks/{dead}"))["state"] != "succeeded":
            await asyncio.sleep(0.02)
    assert (task["attempts"], task["error"]) == (1, None)
    assert (await shop.get(f"/api/v1/orders/{order['id']}"))["status"] == "confirmed"


@pytest.mark.parametrize("state", [TaskState.SUCCEEDED, TaskState.FAILED])
async def test_only_the_dead_are_raised(
    service: Service, shop: Shop, order: dict[str, Any], state: TaskState
) -> None:
    task = await left_behind(service, order, state)
    before = await shop.get(f"/api/v1/tasks/{task}")

    response = await shop.client.post(f"/api/v1/tasks/{task}/retry")

    assert (response.status_code, response.json()["code"]) == (409, "task_not_dead")
    assert response.json()["current_status"] == str(state)
    assert await shop.get(f"/api/v1/tasks/{task}") == before


async def test_work_that_is_underway_already_is_not_begun_twice(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    dead = await left_behind(service, order, TaskState.DEAD)
    await service.container.worker().stop()
    underway = await shop.client.post(f"/api/v1/orders/{order['id']}/process")

    response = await shop.client.post(f"/api/v1/tasks/{dead}/retry")

    assert (response.status_code, response.json()["code"]) == (409, "task_already_queued")
    assert (await shop.get(f"/api/v1/tasks/{dead}"))["state"] == "dead"
    assert underway.json()["task_id"] != dead


async def test_raising_a_task_needs_a_permission_and_a_task(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    dead = await left_behind(service, order, TaskState.DEAD)
    reader = await service.client(Permission.ORDERS_READ)

    denied = await reader.post(f"/api/v1/tasks/{dead}/retry")
    missing = await shop.client.post("/api/v1/tasks/nobody/retry")

    assert (denied.status_code, denied.json()["code"]) == (403, "permission_denied")
    assert (missing.status_code, missing.json()["code"]) == (404, "task_not_found")
    assert (await shop.get(f"/api/v1/tasks/{dead}"))["state"] == "dead"


async def test_a_repeated_retry_is_one_retry(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    dead = await left_behind(service, order, TaskState.DEAD)
    path, key = f"/api/v1/tasks/{dead}/retry", {"Idempotency-Key": "k"}

    first = await shop.client.post(path, headers=key)
    again = await shop.client.post(path, headers=key)

    assert (first.status_code, again.status_code) == (202, 202)
    assert again.content == first.content
    assert again.headers["Idempotency-Replayed"] == "true"


async def test_tasks_that_ended_badly_are_listed_page_by_page(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    dead = [await left_behind(service, order, TaskState.DEAD) for _ in range(3)]
    failed = await left_behind(service, order, TaskState.FAILED)

    first = await shop.client.get("/api/v1/tasks", params={"limit": 2})
    rest = await shop.client.get("/api/v1/tasks", params={"after": first.json()[-1]["task_id"]})
    refused = await shop.client.get("/api/v1/tasks", params={"state": "failed"})

    assert [each["task_id"] for each in first.json()] == [dead[2], dead[1]]
    assert [each["task_id"] for each in rest.json()] == [dead[0]]
    assert [each["task_id"] for each in refused.json()] == [failed]
    assert first.json()[0]["error"]["code"] == "internal_error"
