"""A server that is killed while a file is on its way in."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from orderwright.domain.interfaces.requests import RequestContext
from orderwright.infrastructure.database.tables_attachments import ownerless_files
from tests.patience import AWAITED_S
from tests.server_process import ServerProcess
from tests.shop import Shop

# More than is gathered in memory before it is written.
BEGINNING = b"x" * 300 * 1024
HEAD = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
    b"Content-Type: text/plain\r\n\r\n"
)


async def _never_whole() -> AsyncIterator[bytes]:
    yield HEAD + BEGINNING
    await asyncio.Event().wait()


async def _until(come: Callable[[], bool]) -> None:
    async with asyncio.timeout(AWAITED_S):
        while not come():
            await asyncio.sleep(0.02)


async def _make_all_due(server: ServerProcess) -> None:
    async with server._container() as container, container.unit_of_work(RequestContext()) as uow:
        long_ago = datetime(2020, 1, 1, tzinfo=UTC)
        await uow._session.execute(update(ownerless_files).values(due_at=long_ago))
        await uow.commit()


@pytest.mark.long
async def test_nothing_half_is_shown_and_what_is_left_is_removed(
    database_url: str, tmp_path: Path
) -> None:
    def kept() -> list[int]:
        found = (tmp_path / "data/attachments").rglob("*")
        return [each.stat().st_size for each in found if each.is_file()]

    server = ServerProcess(database_url, tmp_path)
    await server.start()
    async with server.client(await server.api_key()) as client:
        shop = await Shop.open(client)
        order = await shop.placed(await shop.product("A", stock=1))
        path = f"/api/v1/orders/{order['id']}/attachments"
        form = {"Content-Type": "multipart/form-data; boundary=b"}
        upload = asyncio.create_task(client.post(path, content=_never_whole(), headers=form))
        await _until(lambda: sum(kept()) > 0)
        server.kill()
        upload.cancel()
        left = kept()
        await _make_all_due(server)

        await server.start(HOUSEKEEPING_INTERVAL_SECONDS="0.1")
        shown = await shop.get(path)
        await _until(lambda: not kept())
        await server.terminate()

    assert (len(left), shown) == (1, [])
