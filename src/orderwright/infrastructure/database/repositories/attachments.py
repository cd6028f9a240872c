from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.attachment import Attachment, AttachmentNotFound
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.tables_attachments import attachments, ownerless_files


class SqlAttachments:
    """Under the lock of their order."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, attachment: Attachment) -> None:
        self._session.add(attachment)
        await self._session.flush()

    async def count(self, order_id: int) -> int:
        of_order = select(func.count()).where(attachments.c.order_id == order_id)
        return await self._session.scalar(of_order) or 0

    async def get(self, order_id: int, attachment_id: str) -> Attachment:
        found = await self._session.get(Attachment, attachment_id)
        if found is None or found.order_id != order_id:
            raise AttachmentNotFound("the order has no such attachment")
        return found

    async def remove(self, attachment: Attachment) -> None:
        await self._session.delete(attachment)
        await self._session.flush()

    async def announce(self, file_id: str, due_at: datetime) -> None:
        row = {"file_id": file_id, "due_at": due_at}
        await self._session.execute(insert(ownerless_files).values(row))

    async def is_announced(self, file_id: str) -> bool:
        mine = select(ownerless_files.c.file_id).where(ownerless_files.c.file_id == file_id)
        return await self._session.scalar(mine) is not None

    async def claim(self, file_id: str) -> bool:
        mine = delete(ownerless_files).where(ownerless_files.c.file_id == file_id)
        return await deleted(self._session, mine) > 0

    async def due(self, now: datetime, *, limit: int) -> Sequence[str]:
        due_at = ownerless_files.c.due_at
        found = await self._session.scalars(
            select(ownerless_files.c.file_id).where(due_at <= now).order_by(due_at).limit(limit)
        )
        return found.all()
