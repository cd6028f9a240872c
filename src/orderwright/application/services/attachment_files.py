from __future__ import annotations

from collections.abc import AsyncIterator, Collection
from typing import Final

from orderwright.domain.entities.attachment import AttachmentUnavailable, EmptyFile, StoredFile
from orderwright.domain.errors import DomainError, Rejected
from orderwright.domain.interfaces.attachments import AttachmentStorage, IncomingFile
from orderwright.domain.interfaces.clock import Clock
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.interfaces.unit_of_work import UnitOfWorkFactory
from orderwright.domain.value_objects.content_type import HEAD_BYTES, settled, sniffed
from orderwright.domain.value_objects.filename import clean_filename

_AT_ONCE: Final = 100


class FileTooLarge(Rejected):
    code = "payload_too_large"


class FileTypeRefused(Rejected):
    code = "file_type_refused"


class AttachmentFiles:
    """Files on their way in and out. Each is announced before it is written; what no attachment
    claims is removed: by `tidy`, or after a crash by `remove_due`, in any process."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        storage: AttachmentStorage,
        clock: Clock,
        *,
        bytes_max: int,
        types: Collection[str],
    ) -> None:
        self._units = units
        self._storage = storage
        self._clock = clock
        self._bytes_max = bytes_max
        self._types = types

    async def store(
        self, file_id: str, *, name: str, told_type: str | None, pieces: AsyncIterator[bytes]
    ) -> StoredFile:
        """Raises:
        FileTooLarge, FileTypeRefused, EmptyFile: it is not taken.
        AttachmentUnavailable: there is no keeping it now.
        """
        async with self._storage.receive(file_id) as incoming:
            head = await _head(pieces)
            content_type = self._type_of(told_type, head)
            await incoming.write(head)
            size = len(head) + await self._write(incoming, pieces, len(head))
            sha256 = await incoming.finish()
        return StoredFile(
            id=file_id,
            filename=clean_filename(name),
            content_type=content_type,
            size=size,
            sha256=sha256,
        )

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """Raises: AttachmentUnavailable."""
        return await self._storage.read(file_id)

    async def tidy(self, file_id: str) -> None:
        """Remove the file, unless it has an owner; if that cannot be done now, it is done later."""
        try:
            async with self._units(RequestContext()) as uow:
                is_ownerless = await uow.attachments.doom(file_id)
                await uow.commit()
            if is_ownerless:
                await self._remove(file_id)
        except DomainError:
            return

    async def remove_due(self) -> int:
        """How many files without an owner there were.

        Raises: AttachmentUnavailable: of some, which are left for the next time.
        """
        async with self._units(RequestContext()) as uow:
            due = await uow.attachments.doom_due(self._clock.now(), limit=_AT_ONCE)
            await uow.commit()
        left: AttachmentUnavailable | None = None
        for file_id in due:
            try:
                await self._remove(file_id)
            except AttachmentUnavailable as error:
                left = error
        if left is not None:
            raise left
        return len(due)

    async def _remove(self, file_id: str) -> None:
        """A doomed one. First the file: whoever is killed between the two is followed by another."""
        await self._storage.remove(file_id)
        async with self._units(RequestContext()) as uow:
            await uow.attachments.forget(file_id)
            await uow.commit()

    async def _write(
        self, incoming: IncomingFile, pieces: AsyncIterator[bytes], so_far: int
    ) -> int:
        written = 0
        self._check_size(so_far)
        async for piece in pieces:
            written += len(piece)
            self._check_size(so_far + written)
            await incoming.write(piece)
        return written

    def _check_size(self, size: int) -> None:
        if size > self._bytes_max:
            raise FileTooLarge(
                f"the file has more than {self._bytes_max} bytes", max_bytes=self._bytes_max
            )

    def _type_of(self, told: str | None, head: bytes) -> str:
        if not head:
            raise EmptyFile("the file is empty")
        content_type = settled(told, head)
        if content_type is None:
            raise FileTypeRefused(
                f"the file is not what it is said to be, but {sniffed(head)}", found=sniffed(head)
            )
        if content_type not in self._types:
            raise FileTypeRefused(
                f"files of type {content_type} are not taken here", allowed=sorted(self._types)
            )
        return content_type


async def _head(pieces: AsyncIterator[bytes]) -> bytes:
    head = b""
    while len(head) < HEAD_BYTES and (piece := await anext(pieces, None)) is not None:
        head += piece
    return head
