from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Final

import httpx2

from orderwright.domain.entities.attachment import AttachmentUnavailable
from orderwright.infrastructure.concurrency.thread_pool import ThreadRunner
from orderwright.infrastructure.external_services.attachment_files import (
    PIECE_BYTES,
    Spool,
    SpooledFile,
    told_as_unavailable,
)
from orderwright.infrastructure.external_services.s3_signing import NO_BODY, S3Keys

# For a wait for the next bytes: a whole file may take longer.
_TIMEOUT: Final = httpx2.Timeout(20.0, connect=5.0, pool=5.0)
_CONNECTIONS_MAX: Final = 20


class S3Storage:
    """In a bucket, each file an object of its id. A file is spooled to the disk before it is sent: its
    hash, which the bucket checks what arrives by, is only known at its end.

    Lives as long as the application; connects when first used.
    """

    def __init__(
        self,
        bucket_url: str,
        keys: S3Keys,
        *,
        spool_folder: Path,
        threads: ThreadRunner,
        now: Callable[[], datetime],
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        """`bucket_url`: the endpoint and the bucket as a path, which every S3 service understands."""
        self._bucket_url = bucket_url
        self._keys = keys
        self._threads = threads
        self._now = now
        self._spool = Spool(spool_folder, threads)
        self._client = httpx2.AsyncClient(
            follow_redirects=False,
            trust_env=False,
            transport=transport,
            timeout=_TIMEOUT,
            limits=httpx2.Limits(max_connections=_CONNECTIONS_MAX),
        )

    async def close(self) -> None:
        await self._client.aclose()

    @asynccontextmanager
    async def receive(self, file_id: str) -> AsyncIterator[_Arriving]:
        async with self._spool.opened(file_id) as spooled:
            yield _Arriving(self, spooled, file_id)

    async def put(self, file_id: str, sha256: str) -> None:
        path = self._spool.path_of(file_id)
        size = await self._threads.run(lambda: path.stat().st_size)
        answer = await self._send(
            "PUT",
            file_id,
            sha256=sha256,
            headers={"content-length": str(size)},
            content=self._pieces(path),
        )
        await answer.aclose()

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        answer = await self._send("GET", file_id)
        return _body_of(answer)

    async def remove(self, file_id: str) -> None:
        with told_as_unavailable():
            await self._threads.run(self._spool.path_of(file_id).unlink, missing_ok=True)
        answer = await self._send("DELETE", file_id)
        await answer.aclose()

    async def _send(
        self,
        method: str,
        file_id: str,
        *,
        sha256: str = NO_BODY,
        headers: dict[str, str] | None = None,
        content: AsyncIterator[bytes] | None = None,
    ) -> httpx2.Response:
        url = f"{self._bucket_url}/{file_id}"
        signed = self._keys.signed(method, url, now=self._now(), sha256=sha256, headers=headers)
        request = self._client.build_request(method, url, headers=signed, content=content)
        try:
            answer = await self._client.send(request, stream=True)
        except httpx2.RequestError as error:
            raise _unavailable() from error
        gone = method == "DELETE" and answer.status_code == HTTPStatus.NOT_FOUND
        if not answer.is_success and not gone:
            await answer.aclose()
            raise _unavailable() from httpx2.HTTPStatusError(
                f"S3 answers {answer.status_code}", request=request, response=answer
            )
        return answer

    async def _pieces(self, path: Path) -> AsyncIterator[bytes]:
        with await self._threads.run(path.open, "rb") as file:
            while piece := await self._threads.run(file.read, PIECE_BYTES):
                yield piece


class _Arriving:
    def __init__(self, storage: S3Storage, spooled: SpooledFile, file_id: str) -> None:
        self._storage = storage
        self._spooled = spooled
        self._file_id = file_id
        self.write = spooled.write

    async def finish(self) -> str:
        sha256 = await self._spooled.to_disk()
        await self._storage.put(self._file_id, sha256)
        return sha256


async def _body_of(answer: httpx2.Response) -> AsyncIterator[bytes]:
    try:
        async for piece in answer.aiter_raw(PIECE_BYTES):
            yield piece
    finally:
        await answer.aclose()


def _unavailable() -> AttachmentUnavailable:
    return AttachmentUnavailable(
        "the file cannot be reached where attachments are kept", retry_after_s=30
    )
