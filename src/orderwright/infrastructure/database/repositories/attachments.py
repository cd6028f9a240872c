from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from orderwright.domain.entities.attachment import Attachment, AttachmentNotFound
from orderwright.infrastructure.database.deleting import deleted
from orderwright.infrastructure.database.tables_attachments import attachments, ownerless_files

_files: Final = ownerless_files.c
# Before the time of any file: due, and to be removed whatever happens.
DOOMED: Final = datetime(1970, 1, 1, tzinfo=UTC)


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

    async def claim(self, file_id: str) -> bool:
        mine = delete(ownerless_files).where(_files.file_id == file_id, _files.due_at > DOOMED)
        return await deleted(self._session, mine) > 0

    async def doom(self, file_id: str) -> bool:
        return bool(await self._doom(_files.file_id == file_id))

    async def doom_due(self, now: datetime, *, limit: int) -> Sequence[str]:
        due = select(_files.file_id).where(_files.due_at <= now).order_by(_files.due_at)
        return await self._doom(
            _files.file_id.in_(due.limit(limit).with_for_update(skip_locked=True))
        )

    async def forget(self, file_id: str) -> None:
        await self._session.execute(delete(ownerless_files).where(_files.file_id == file_id))

    async def _doom(self, which: ColumnElement[bool]) -> Sequence[str]:
        doomed = update(ownerless_files).where(which).values(due_at=DOOMED)
        return (await self._session.scalars(doomed.returning(_files.file_id))).all()
