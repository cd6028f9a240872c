"""Celery as a way to tell workers which task waits: the message is a name and an id, in JSON."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from celery import Celery

from orderwright.domain.interfaces.task_queue import WaitingTask

QUEUE: Final = "orderwright-tasks"
RUN_TASK: Final = "orderwright.run_task"
_TIMEOUT_S: Final = 2.0
# So that a task that is cut off at its limit has the time to say so.
_LIMIT_MARGIN_S: Final = 10.0


def celery_app(
    url: str, *, time_limit_s: float | None = None, answer_s: float | None = None
) -> Any:
    """Redis or RabbitMQ at `url`, which has `answer_s` to answer. No results: what became of a task is
    in the database."""
    app = Celery("orderwright", broker=url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_serializer="json",
        result_accept_content=["json"],
        timezone="UTC",
        enable_utc=True,
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_track_started=True,
        task_time_limit=None if time_limit_s is None else time_limit_s + _LIMIT_MARGIN_S,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_timeout=_TIMEOUT_S,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport_options(url, answer_s),
    )
    return app


def _transport_options(url: str, answer_s: float | None) -> dict[str, float]:
    """Each transport has words of its own for these, and refuses those of the others."""
    if url.startswith("amqp"):
        names = ["read_timeout", "write_timeout"]
        return {} if answer_s is None else dict.fromkeys(names, answer_s)
    if url.startswith("redis"):
        connecting = {"socket_connect_timeout": _TIMEOUT_S}
        return connecting if answer_s is None else connecting | {"socket_timeout": answer_s}
    return {}


class CeleryBroker:
    """One pool of connections a process, used by one thread: Celery waits where it publishes."""

    def __init__(self, url: str) -> None:
        # One that hangs would otherwise hold the thread for minutes, and the server would not end.
        self._app = celery_app(url, answer_s=_TIMEOUT_S)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="celery-publisher")

    async def publish(self, tasks: Sequence[WaitingTask]) -> None:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self._thread, self._publish, tasks)

    async def probe(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._thread, self._connect)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _connect(self) -> None:
        with self._app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, timeout=_TIMEOUT_S)

    def _publish(self, tasks: Sequence[WaitingTask]) -> None:
        with self._app.producer_pool.acquire(block=True, timeout=_TIMEOUT_S) as producer:
            for task in tasks:
                self._app.send_task(
                    RUN_TASK,
                    args=[task.id],
                    task_id=f"{task.id}:{task.fence}",
                    producer=producer,
                    retry=False,
                )
