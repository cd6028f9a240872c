"""Celery beside any broker: what is told, and how long one that does not answer is waited for."""

import asyncio
from typing import Any

import pytest
from kombu.connection import Connection
from kombu.exceptions import OperationalError

from orderwright.domain.interfaces.task_queue import WaitingTask
from orderwright.infrastructure.messaging.celery_queue import (
    QUEUE,
    RUN_TASK,
    CeleryBroker,
    celery_app,
)
from tests.redis_server import RedisServer

_DEADLINE_S = 20.0
_NOBODY = "amqp://guest:guest@127.0.0.1:1//"


async def test_a_broker_of_any_kind_is_told_a_name_and_an_id_in_json() -> None:
    broker = CeleryBroker("memory://")

    await broker.probe()
    await broker.publish([WaitingTask("t-1", 3)])
    await broker.close()

    with Connection("memory://") as connection:  # type: ignore[no-untyped-call]
        message: Any = connection.SimpleQueue(QUEUE).get(block=False)
    assert (message.content_type, message.headers["task"]) == ("application/json", RUN_TASK)
    assert (message.headers["id"], message.payload[:2]) == ("t-1:3", [["t-1"], {}])


async def test_rabbitmq_is_connected_to_with_words_that_it_knows() -> None:
    broker = CeleryBroker(_NOBODY)

    with pytest.raises(OperationalError, match="refused"):
        await broker.probe()
    with pytest.raises(OperationalError, match="refused"):
        await broker.publish([WaitingTask("t-1", 1)])
    await broker.close()
    assert celery_app(_NOBODY).conf.broker_transport_options == {}


async def test_a_redis_that_hangs_is_not_waited_for(redis: RedisServer) -> None:
    broker = CeleryBroker(redis.url)
    await broker.publish([WaitingTask("t-1", 1)])
    redis.freeze()

    async with asyncio.timeout(_DEADLINE_S):
        with pytest.raises(OperationalError):
            await broker.publish([WaitingTask("t-2", 1)])
    await broker.close()
