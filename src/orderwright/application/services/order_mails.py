"""Which events customers are told of by mail, and the tasks that tell them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, cast

from orderwright.application.commands.send_order_mail import (
    SEND_ORDER_MAIL,
    TEMPLATES,
    SendOrderMail,
    send_order_mail,
)
from orderwright.application.services.task_handlers import TaskHandler
from orderwright.domain.entities.task import Task
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.mailer import Mailer, MailTemplates
from orderwright.domain.interfaces.order_reader import FullOrderReader
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWork, UnitOfWorkFactory

# Nobody wants to read today that goods were sent long ago: past orders are written down, too.
NEWS: Final = timedelta(hours=24)


class OrderMails:
    """Puts a task down for each event that a customer is told of; sends nothing itself."""

    name: Final = "mail"

    def __init__(self, clock: Clock, ids: Ids, *, sends: bool) -> None:
        """Unless it `sends`, nobody is told of anything."""
        self._sends = sends
        self._clock = clock
        self._ids = ids

    async def wanted(self) -> Collection[str]:
        return TEMPLATES if self._sends else ()

    async def rows_each(self) -> int:
        return 1

    async def consume(self, events: Sequence[FeedEvent], uow: UnitOfWork) -> None:
        now = self._clock.now()
        news = (each for each in events if now - each.occurred_at <= NEWS)
        await uow.tasks.enqueue_all([self._task(each, now) for each in news])

    def _task(self, event: FeedEvent, now: datetime) -> Task:
        return Task(
            id=self._ids.new_id(),
            name=SEND_ORDER_MAIL,
            payload={
                "event": event.position,
                "template": TEMPLATES[event.name],
                "shipment_id": event.payload.get("shipment_id"),
            },
            dedupe_key=f"{SEND_ORDER_MAIL}:{event.position}",
            order_id=event.aggregate_id,
            correlation_id=event.correlation_id,
            created_at=now,
            due_at=now,
        )


class OrderMailTasks:
    """A mail may be sent twice, when its sender dies before that is written down; it has the same
    Message-ID then."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        orders: FullOrderReader,
        templates: MailTemplates,
        mailer: Mailer,
    ) -> None:
        self._units = units
        self._orders = orders
        self._templates = templates
        self._mailer = mailer

    def by_name(self) -> Mapping[str, TaskHandler]:
        return {SEND_ORDER_MAIL: self.send}

    async def send(self, task: Task) -> dict[str, object]:
        """Raises: as `send_order_mail`."""
        command = SendOrderMail(
            mail_id=f"event-{task.payload['event']}",
            template=cast("str", task.payload["template"]),
            order_id=cast("int", task.order_id),
            shipment_id=cast("str | None", task.payload["shipment_id"]),
        )
        context = RequestContext(correlation_id=task.correlation_id)
        outcome = await send_order_mail(
            command, self._units(context), self._orders, self._templates, self._mailer
        )
        return {"order_id": command.order_id, "mail": outcome}
