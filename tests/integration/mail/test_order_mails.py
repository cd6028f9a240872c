"""Who is told of what: from an event to the mail, with everything real but the mail server."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.commands.send_order_mail import SEND_ORDER_MAIL
from orderwright.application.commands.ship_order import ShipOrder, ship_order
from orderwright.application.services.order_mails import OrderMails, OrderMailTasks
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.task import Task
from orderwright.domain.events.order import LineQuantity
from orderwright.domain.interfaces.event_feed import FeedEvent
from orderwright.domain.interfaces.mailer import MailServerUnavailable
from orderwright.infrastructure.database import tables, tables_work
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.readers.full_orders import SqlFullOrderReader
from orderwright.infrastructure.database.readers.orders import SqlOrderReader
from orderwright.infrastructure.external_services.mail_folder import FolderMailer
from orderwright.infrastructure.external_services.mail_nowhere import NoMailServer
from orderwright.infrastructure.external_services.mail_texts import JinjaMailTemplates
from tests.back_office import BackOffice, CountedIds, SteppingClock


@dataclass
class PostOffice:
    office: BackOffice
    folder: Path
    sends: bool = True
    seen: int = field(default=0)

    def tasks(self) -> OrderMailTasks:
        orders = SqlOrderReader(self.office.database)
        return OrderMailTasks(
            self.office.units,
            SqlFullOrderReader(self.office.database, orders),
            JinjaMailTemplates("Example & Sons"),
            FolderMailer(self.folder, "shop@example.com"),
        )

    async def hear(self, event: FeedEvent) -> None:
        consumer = OrderMails(self.office.clock, self.office.ids, sends=self.sends)
        if event.name in await consumer.wanted():
            async with self.office.uow() as uow:
                await consumer.consume([event], uow)
                await uow.commit()

    async def promised(self) -> Sequence[Task]:
        async with self.office.uow() as uow:
            found = await uow._session.scalars(select(Task).filter_by(name=SEND_ORDER_MAIL))
            return found.all()

    def mails(self) -> list[EmailMessage]:
        return [_read(each) for each in self.folder.glob("*.eml")]


def _read(file: Path) -> EmailMessage:
    message = message_from_bytes(file.read_bytes(), policy=SMTP)
    assert isinstance(message, EmailMessage)
    return message


@pytest.fixture
def post(database: Database, tmp_path: Path) -> PostOffice:
    return PostOffice(BackOffice(database), tmp_path / "mail")


async def an_order(post: PostOffice, *, email: str | None = "ada@example.org") -> Order:
    customer = await create_customer(
        CreateCustomer(name="Ada <b>Example</b>", email=email),
        post.office.uow(),
        now=post.office.clock.now(),
    )
    product_id = await post.office.product("TEA", price="12.50")
    command = PlaceOrder(
        customer_id=customer.id, items=(WantedItem(product_id=product_id, quantity=2),)
    )
    return await post.office.order(await post.office.place_command(command))


def happened(post: PostOffice, order: Order, name: str, **payload: object) -> FeedEvent:
    return FeedEvent(
        position=7,
        aggregate="order",
        aggregate_id=order.id,
        sequence=2,
        name=name,
        payload=payload,
        actor="system",
        correlation_id="corr-1",
        occurred_at=post.office.clock.now(),
    )


async def test_a_confirmed_order_is_told_of(post: PostOffice) -> None:
    order = await an_order(post)
    await post.hear(happened(post, order, "order.confirmed", payment_status="paid"))
    (task,) = await post.promised()
    assert (task.order_id, task.correlation_id) == (order.id, "corr-1")

    for _ in range(2):  # the second time as if the first had not been written down
        assert await post.tasks().send(task) == {"order_id": order.id, "mail": "sent"}

    (mail,) = post.mails()
    assert (mail["To"], mail["Message-ID"]) == ("ada@example.org", "<event-7@example.com>")
    assert mail["Subject"] == f"Your order {order.id} is confirmed"
    text, html = (part.get_content().replace("\r\n", "\n") for part in mail.iter_parts())
    assert text == (
        "Dear Ada <b>Example</b>,\n\n"
        "thank you for your order of 2026-01-01. It is confirmed, and we will write again when it is"
        " on its way.\n\n"
        "2 x Product TEA (TEA): 25.00 GBP\n\n"
        "Total: 25.00 GBP\n\n"
        "Example & Sons\n"
    )
    assert "Dear Ada &lt;b&gt;Example&lt;/b&gt;," in html
    assert "Example &amp; Sons" in html


async def test_a_shipment_is_told_of_with_what_is_in_it(post: PostOffice) -> None:
    order = await an_order(post)
    await post.office.process(order.id)
    command = ShipOrder(
        order_id=order.id,
        lines=[LineQuantity(item_id=order.items[0].id, quantity=1)],
        carrier="Royal Mail",
        tracking_number="RM1",
    )
    shipment = await ship_order(
        command, post.office.uow(), now=post.office.clock.now(), ids=post.office.ids
    )
    await post.hear(happened(post, order, "shipment.created", shipment_id=shipment.id))
    (task,) = await post.promised()
    await post.tasks().send(task)
    (mail,) = post.mails()
    assert mail["Subject"] == f"Your order {order.id} is on its way"
    text = next(mail.iter_parts()).get_content().replace("\r\n", "\n")
    assert text == (
        "Dear Ada <b>Example</b>,\n\n"
        f"we handed these goods of your order {order.id} to Royal Mail on 2026-01-01:\n\n"
        "1 x Product TEA (TEA)\n\n"
        "Tracking number: RM1\n\n"
        "Example & Sons\n"
    )


async def test_who_left_no_address_gets_no_mail(post: PostOffice) -> None:
    order = await an_order(post, email=None)
    await post.hear(happened(post, order, "order.confirmed"))
    (task,) = await post.promised()
    assert await post.tasks().send(task) == {"order_id": order.id, "mail": "no_address"}
    assert post.mails() == []


async def test_whoever_sold_an_imported_order_has_told_of_it(post: PostOffice) -> None:
    order = await an_order(post)
    async with post.office.database.write_sessions.begin() as session:
        await session.execute(tables.orders.update().values(channel="import", reference="R1"))
        document = {
            "channel": "import",
            "reference": "R1",
            "fingerprint": "f",
            "outcome": ImportOutcome.PLACED,
            "verdicts": [],
            "decided_at": post.office.clock.now(),
        }
        await session.execute(insert(tables_work.imported_documents).values(document))
    await post.hear(happened(post, order, "order.confirmed"))
    (task,) = await post.promised()
    assert await post.tasks().send(task) == {"order_id": order.id, "mail": "imported"}
    assert post.mails() == []


@pytest.mark.parametrize("name", ["order.placed", "order.cancelled", "product.changed"])
async def test_other_events_are_nobodys_mail(name: str) -> None:
    assert name not in await OrderMails(SteppingClock(), CountedIds(), sends=True).wanted()


async def test_old_news_are_not_told(post: PostOffice) -> None:
    event = happened(post, await an_order(post), "order.confirmed")
    post.office.clock.advance(timedelta(hours=25))
    await post.hear(event)
    assert await post.promised() == []


async def test_without_a_way_to_send_mails_none_are_promised(post: PostOffice) -> None:
    post.sends = False
    await post.hear(happened(post, await an_order(post), "order.confirmed"))
    assert await post.promised() == []


async def test_what_was_promised_waits_for_the_next_mail_server(post: PostOffice) -> None:
    order = await an_order(post)
    await post.hear(happened(post, order, "order.confirmed"))
    (task,) = await post.promised()
    tasks = post.tasks()
    tasks._mailer = NoMailServer()
    with pytest.raises(MailServerUnavailable):
        await tasks.send(task)
