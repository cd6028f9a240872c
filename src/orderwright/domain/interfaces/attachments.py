"""Where the files of attachments are kept, and what is remembered of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from orderwright.domain.entities.attachment import Attachment


class IncomingFile(Protocol):
    """A file on its way in, kept aside until it is whole."""

    async def write(self, some: bytes) -> None: ...

    async def finish(self) -> str:
        """What came is kept durably. The SHA-256 of it, in hexadecimal digits.

        Raises: AttachmentUnavailable: it cannot be kept now.
        """
        ...


class AttachmentStorage(Protocol):
    def receive(self, file_id: str) -> AbstractAsyncContextManager[IncomingFile]:
        """A file that is not finished on leaving leaves nothing behind, but in a crash: `remove`."""
        ...

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """The file in pieces, from its beginning.

        Raises: AttachmentUnavailable: before the first piece.
        """
        ...

    async def remove(self, file_id: str) -> None:
        """Also what is left of one that was never finished; nothing, where there is none.

        Raises: AttachmentUnavailable.
        """
        ...


class Attachments(Protocol):
    """A file that is about to be written is announced first, and claimed by the transaction that adds
    its attachment: what stays announced has no owner, and is removed once it is due. Before it is
    removed it is doomed, so that nobody claims it while it goes."""

    async def add(self, attachment: Attachment) -> None: ...

    async def count(self, order_id: int) -> int: ...

    async def get(self, order_id: int, attachment_id: str) -> Attachment:
        """Raises: AttachmentNotFound."""
        ...

    async def remove(self, attachment: Attachment) -> None: ...

    async def announce(self, file_id: str, due_at: datetime) -> None: ...

    async def claim(self, file_id: str) -> bool:
        """No longer announced; False if it was not, or is doomed."""
        ...

    async def doom(self, file_id: str) -> bool:
        """Nobody can claim it any more; False if it is not announced."""
        ...

    async def doom_due(self, now: datetime, *, limit: int) -> Sequence[str]:
        """Those that are due, and those whose removal was not finished."""
        ...

    async def forget(self, file_id: str) -> None:
        """The file is gone."""
        ...
