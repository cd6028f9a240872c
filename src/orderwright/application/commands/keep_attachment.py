from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from orderwright.domain.entities.attachment import Attachment, AttachmentUnavailable, StoredFile
from orderwright.domain.interfaces.unit_of_work import UnitOfWork

# Longer than the slowest upload that the server lets through takes.
UPLOAD_MAX: Final = timedelta(hours=1)


async def announce_file(file_id: str, uow: UnitOfWork, *, now: datetime) -> None:
    """Before its first byte is written, so that no file is forgotten, whatever happens to us."""
    async with uow:
        await uow.attachments.announce(file_id, now + UPLOAD_MAX)
        await uow.commit()


async def add_attachment(
    order_id: int, file: StoredFile, uow: UnitOfWork, *, now: datetime
) -> Attachment:
    """Give an announced file, now stored, to an order.

    Raises: OrderNotFound, TooManyAttachments, AttachmentUnavailable: it took too long.
    """
    async with uow:
        order = await uow.orders.get_by_id(order_id)
        await uow.context.precondition.check(order, uow)
        others = await uow.attachments.count(order_id)
        attachment = Attachment.add(order, file, others=others, now=now)
        if not await uow.attachments.claim(file.id):
            raise AttachmentUnavailable("the file was removed before it was whole: send it again")
        await uow.attachments.add(attachment)
        await uow.reached("attachment.added")
        return await uow.commit(attachment)


async def remove_attachment(
    order_id: int, attachment_id: str, uow: UnitOfWork, *, now: datetime
) -> Attachment:
    """Take it from the order; its file is left to be removed.

    Raises: OrderNotFound, AttachmentNotFound.
    """
    async with uow:
        order = await uow.orders.get_by_id(order_id)
        await uow.context.precondition.check(order, uow)
        attachment = await uow.attachments.get(order_id, attachment_id)
        attachment.remove(order, now)
        await uow.attachments.remove(attachment)
        await uow.attachments.announce(attachment.id, now)
        return await uow.commit(attachment)
