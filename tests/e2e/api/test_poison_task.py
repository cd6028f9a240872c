"""A task that fails whenever it is run, from its first attempt to a life after death."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from orderwright.application.services.task_handlers import TaskResult
from orderwright.domain.entities.task import Task
from tests.e2e.api.service import Service
from tests.patience import AWAITED_S
from tests.shop import Shop

POISON = "poison"


@pytest.fixture
async def service(database_url: str, tmp_path: Path) -> AsyncIterator[Service]:
    async with Service.running(
        database_url, tmp_path / "data", task_retries_max=2, task_retry_seconds=0.01
    ) as service:
        yield service


async def put_down(service: Service) -> str:
    now = service.container.clock().now()
    task_id: str = service.container.ids().new_id()
    async with service.uow() as uow:
        await uow.tasks.enqueue(
            Task(id=task_id, name=POISON, payload={}, created_at=now, due_at=now)
        )
        await uow.commit()
    return task_id


async def until(shop: Shop, task_id: str, state: str) -> dict[str, Any]:
    async with asyncio.timeout(AWAITED_S):
        while (task := await shop.get(f"/api/v1/tasks/{task_id}"))["state"] != state:
            await asyncio.sleep(0.02)
    return dict(task)


async def test_it_is_tried_given_up_shown_and_done_once_it_can_be(
    service: Service, shop: Shop
) -> None:
    attempts: list[int] = []
    is_cured = False

    async def run(task: Task) -> TaskResult:
        attempts.append(task.attempts)
        if not is_cured:
            raise ZeroDivisionError
        return {"order_id": 7}

    service.container.all_task_handlers()[POISON] = run
    poison = await put_down(service)

    dead = await until(shop, poison, "dead")

    assert attempts == [1, 2, 3]
    assert dead["attempts"] == 3
    assert dead["error"] == {
        "code": "internal_error",
        "detail": "the task failed unexpectedly",
    }
    assert dead["finished_at"] is not None
    listed = await shop.client.get("/api/v1/tasks", params={"state": "dead"})
    assert listed.json() == [dead]

    is_cured = True
    assert (await shop.client.post(f"/api/v1/tasks/{poison}/retry")).status_code == 202

    done = await until(shop, poison, "succeeded")
    assert attempts == [1, 2, 3, 1]
    assert (done["attempts"], done["error"], done["result"]) == (1, None, {"order_id": 7})
    assert (await shop.client.get("/api/v1/tasks", params={"state": "dead"})).json() == []
