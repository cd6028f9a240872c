from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from orderwright.domain.entities.attachment import AttachmentUnavailable
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner

# Large enough that the way to a thread and back is little beside reading, writing and hashing it.
PIECE_BYTES: Final = 256 * 1024


@contextmanager
def told_as_unavailable() -> Iterator[None]:
    """A disk that is full or fails is nobody's mistake who asks."""
    try:
        yield
    except OSError as error:
        raise AttachmentUnavailable(
            "the file cannot be reached where attachments are kept", retry_after_s=30
        ) from error


class SpooledFile:
    """Written and hashed in a thread, piece by piece; never whole in memory."""

    def __init__(self, file: BinaryIO, threads: ThreadRunner) -> None:
        self._file = file
        self._threads = threads
        self._hash = hashlib.sha256()
        self._gathered = bytearray()

    async def write(self, some: bytes) -> None:
        self._gathered += some
        if len(self._gathered) >= PIECE_BYTES:
            await self._write_down()

    async def to_disk(self) -> str:
        """All of it, beyond what a power cut could take. Its SHA-256."""
        await self._write_down()
        await self._threads.run(os.fsync, self._file.fileno())
        return self._hash.hexdigest()

    async def _write_down(self) -> None:
        piece, self._gathered = bytes(self._gathered), bytearray()
        await self._threads.run(self._keep, piece)

    def _keep(self, piece: bytes) -> None:
        self._file.write(piece)
        self._file.flush()
        self._hash.update(piece)


class Spool:
    """A folder for files that are on their way in."""

    def __init__(self, folder: Path, threads: ThreadRunner) -> None:
        self._folder = folder
        self._threads = threads

    def path_of(self, file_id: str) -> Path:
        return self._folder / file_id

    @asynccontextmanager
    async def opened(self, file_id: str) -> AsyncIterator[SpooledFile]:
        """Gone on leaving, unless it was moved away.

        Raises: AttachmentUnavailable: the disk is full, or fails.
        """
        with told_as_unavailable():
            file = await self._threads.run(self._open, file_id)
            try:
                yield SpooledFile(file, self._threads)
            finally:
                # Not in the pool, which may be full: what was begun is put away all the same.
                await asyncio.shield(asyncio.to_thread(self._put_away, file, file_id))

    def _open(self, file_id: str) -> BinaryIO:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.path_of(file_id).open("xb")

    def _put_away(self, file: BinaryIO, file_id: str) -> None:
        file.close()
        self.path_of(file_id).unlink(missing_ok=True)


class FileStorage:
    """Beside the database: `attachments` in the data directory. Needs nothing but a disk."""

    def __init__(self, folder: Path, threads: ThreadRunner) -> None:
        self._folder = folder
        self._threads = threads
        self._spool = Spool(folder / "incoming", threads)

    @asynccontextmanager
    async def receive(self, file_id: str) -> AsyncIterator[_Arriving]:
        async with self._spool.opened(file_id) as spooled:
            yield _Arriving(self, spooled, file_id)

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        with told_as_unavailable():
            file = await self._threads.run(self._path(file_id).open, "rb")
        return self._pieces(file)

    async def close(self) -> None:
        """Nothing is open between two uses."""

    async def remove(self, file_id: str) -> None:
        with told_as_unavailable():
            await self._threads.run(self._unlink, file_id)

    async def keep(self, file_id: str) -> None:
        await self._threads.run(self._move, file_id)

    async def _pieces(self, file: BinaryIO) -> AsyncIterator[bytes]:
        with file:
            while piece := await self._threads.run(file.read, PIECE_BYTES):
                yield piece

    def _path(self, file_id: str) -> Path:
        # Ids begin with the time: by their end files spread evenly over folders.
        return self._folder / file_id[-2:] / file_id

    def _move(self, file_id: str) -> None:
        """A rename is all or nothing; that it happened is in the folder, which has to be synced too."""
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._spool.path_of(file_id).rename(path)
        for folder in (path.parent, self._folder):
            _sync_folder(folder)

    def _unlink(self, file_id: str) -> None:
        for path in (self._path(file_id), self._spool.path_of(file_id)):
            path.unlink(missing_ok=True)


class _Arriving:
    def __init__(self, storage: FileStorage, spooled: SpooledFile, file_id: str) -> None:
        self._storage = storage
        self._spooled = spooled
        self._file_id = file_id
        self.write = spooled.write

    async def finish(self) -> str:
        sha256 = await self._spooled.to_disk()
        await self._storage.keep(self._file_id)
        return sha256


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # knows no such thing
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
