from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.entities.order import OrderNotFound
from orderwright.domain.interfaces.mailer import Mail, Mailer, MailTemplates
from orderwright.domain.interfaces.order_reader import FullOrderReader, OrderInFull
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

SEND_ORDER_MAIL: Final = "send_order_mail"
# The events that a customer is told of by mail, and the template of each.
TEMPLATES: Final = {"order.confirmed": "order_confirmed", "shipment.created": "shipment_created"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SendOrderMail:
    """`mail_id` is that of the event it tells of; `shipment_id` for a mail about one shipment."""

    mail_id: str
    template: str
    order_id: int
    shipment_id: str | None = None


async def send_order_mail(
    command: SendOrderMail,
    uow: UnitOfWork,
    orders: FullOrderReader,
    templates: MailTemplates,
    mailer: Mailer,
) -> str:
    """`sent`, or why not: `no_address`, `imported`.

    Raises: OrderNotFound; MailRefused, MailServerUnavailable: see `Mailer`.
    """
    found = await orders.get(command.order_id)
    if found is None:
        raise OrderNotFound("no order has this id")
    if found.customer.email is None:
        return "no_address"
    if await _was_imported(found, uow):
        return "imported"
    content = templates.write(command.template, _facts(found, command.shipment_id))
    await mailer.send(Mail(id=command.mail_id, to=found.customer.email, content=content))
    return "sent"


async def _was_imported(found: OrderInFull, uow: UnitOfWork) -> bool:
    """Whoever sold it has told the customer."""
    order = found.order
    if order.reference is None:
        return False
    async with uow:
        documents = await uow.history.documents(order.channel, [order.reference])
    return any(each.outcome is ImportOutcome.PLACED for each in documents.values())


def _facts(found: OrderInFull, shipment_id: str | None) -> Mapping[str, object]:
    shipped = [each for each in found.shipments if each.id == shipment_id]
    quantities = {line.item_id: line.quantity for each in shipped for line in each.items}
    return {
        "order": found.order,
        "customer": found.customer,
        "shipment": shipped[0] if shipped else None,
        "quantities": quantities,
    }
