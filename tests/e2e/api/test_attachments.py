"""Files of an order: what comes in is checked by what it is, and what goes out is what came in."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from orderwright.application.commands.keep_attachment import add_attachment
from orderwright.application.services.attachment_files import AttachmentFiles
from orderwright.domain.entities.attachment import AttachmentUnavailable, StoredFile
from orderwright.domain.interfaces.requests import RequestContext
from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import Service
from tests.shop import Shop

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 5000


@pytest.fixture
async def order(shop: Shop) -> dict[str, Any]:
    return await shop.placed(await shop.product("A", stock=9))


async def attach(
    shop: Shop,
    order: dict[str, Any],
    content: bytes = PNG,
    *,
    name: str = "photo.png",
    media_type: str = "image/png",
    key: str | None = None,
) -> httpx2.Response:
    return await shop.client.post(
        f"/api/v1/orders/{order['id']}/attachments",
        files={"file": (name, content, media_type)},
        headers={"Idempotency-Key": key} if key else {},
    )


def kept(folder: Path) -> list[bytes]:
    return [
        each.read_bytes() for each in (folder / "data/attachments").rglob("*") if each.is_file()
    ]


async def test_a_file_comes_back_as_it_was_until_it_is_removed(
    shop: Shop, order: dict[str, Any], tmp_path: Path
) -> None:
    path = f"/api/v1/orders/{order['id']}/attachments"

    answer = await attach(shop, order, name="..\\etc/Rechnung „März“.png")

    assert answer.status_code == 201, answer.text
    attachment = answer.json()
    assert {name: attachment[name] for name in ("filename", "content_type", "size", "sha256")} == {
        "filename": "Rechnung „März“.png",
        "content_type": "image/png",
        "size": len(PNG),
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }
    assert await shop.get(path) == [attachment]
    where = answer.headers["location"]
    assert where == f"{path}/{attachment['id']}"
    file = await shop.client.get(where, headers={"Accept": "image/*"})
    assert (file.status_code, file.content) == (200, PNG)
    assert file.headers["content-type"] == "image/png"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"] == (
        'attachment; filename="Rechnung _M_rz_.png"; '
        "filename*=UTF-8''Rechnung%20%E2%80%9EM%C3%A4rz%E2%80%9C.png"
    )
    known = await shop.client.get(where, headers={"If-None-Match": file.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")
    assert kept(tmp_path) == [PNG]

    removed = await shop.client.delete(where)

    assert (removed.status_code, kept(tmp_path)) == (204, [])
    assert (await shop.client.get(where)).json()["code"] == "attachment_not_found"
    timeline = await shop.get(f"/api/v1/orders/{order['id']}/timeline")
    assert [each["event"] for each in timeline[-2:]] == [
        "order.attachment_added",
        "order.attachment_removed",
    ]
    assert timeline[-2]["data"]["sha256"] == attachment["sha256"]


async def test_a_repeated_upload_is_kept_once(
    shop: Shop, order: dict[str, Any], tmp_path: Path
) -> None:
    first = await attach(shop, order, key="k-1")
    again = await attach(shop, order, key="k-1")
    other = await attach(shop, order, PNG[:-1], key="k-1")

    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert kept(tmp_path) == [PNG]


async def test_what_is_not_taken_leaves_nothing_behind(sqlite_url: str, tmp_path: Path) -> None:
    two_files = b"".join(_part(name) for name in (b"file", b"file")) + b"--b--\r\n"
    async with Service.running(
        sqlite_url, tmp_path / "data", attachment_max_bytes=2 * 1024 * 1024
    ) as service:
        shop = await service.shop()
        order = await shop.placed(await shop.product("A", stock=9))
        answers = [
            await attach(shop, order, b"<html>", media_type="image/png"),
            await attach(shop, order, b"MZ\x00\x01", media_type="application/octet-stream"),
            await attach(shop, order, b"<html>", media_type="text/html"),
            await attach(shop, order, b""),
            await attach(shop, order, PNG * 2),
            await attach(shop, order, PNG * 9),
            await _post_form(shop, order, b"{}", "application/json"),
            await _post_form(shop, order, b"--b\r\n"),
            await _post_form(shop, order, b"--b--\r\n"),
            await _post_form(shop, order, _part(b"other") + b"--b--\r\n"),
            await _post_form(shop, order, two_files),
            await _post_form(shop, order, _part(b"file")),
        ]

        assert [(each.status_code, each.json()["code"]) for each in answers] == [
            *[(415, "file_type_refused")] * 3,
            (422, "empty_file"),
            *[(413, "payload_too_large")] * 2,
            (415, "unsupported_media_type"),
            (400, "malformed_request"),
            *[(422, "validation_error")] * 3,
            (400, "malformed_request"),
        ]
        assert await shop.get(f"/api/v1/orders/{order['id']}/attachments") == []
        assert kept(tmp_path) == []


def _part(name: bytes) -> bytes:
    told = b'Content-Disposition: form-data; name="' + name + b'"; filename="a.txt"'
    return b"--b\r\n" + told + b"\r\n\r\nsome text\r\n"


async def _post_form(
    shop: Shop,
    order: dict[str, Any],
    body: bytes,
    content_type: str = "multipart/form-data; boundary=b",
) -> httpx2.Response:
    return await shop.client.post(
        f"/api/v1/orders/{order['id']}/attachments",
        content=body,
        headers={"Content-Type": content_type},
    )


async def test_a_file_that_a_killed_server_left_is_removed_by_another(
    service: Service, shop: Shop, order: dict[str, Any], tmp_path: Path
) -> None:
    """It was written, and the server killed before the order had it."""
    files, clock = service.container.attachment_files(), service.container.clock()
    storage = service.container.attachment_storage()
    async with service.container.unit_of_work(RequestContext()) as uow:
        await uow.attachments.announce("left-over", clock.now() - timedelta(seconds=1))
        await uow.attachments.announce("under-way", clock.now() + timedelta(hours=1))
        await uow.commit()
    for each in ("left-over", "under-way"):
        async with storage.receive(each) as incoming:
            await incoming.write(each.encode())
            await incoming.finish()
    assert len(kept(tmp_path)) == 2

    assert await files.remove_due() == 1
    assert kept(tmp_path) == [b"under-way"]


def files_in(service: Service, storage: Any) -> AttachmentFiles:
    return AttachmentFiles(
        service.container.unit_of_work, storage, service.container.clock(), bytes_max=1, types=()
    )


async def test_a_file_that_is_being_removed_is_given_to_nobody(
    service: Service, order: dict[str, Any], tmp_path: Path
) -> None:
    """Its upload ends just when somebody has taken it for forgotten, and removed it."""
    storage, clock = service.container.attachment_storage(), service.container.clock()
    late = StoredFile(
        id="late", filename="a.txt", content_type="text/plain", size=4, sha256="0" * 64
    )

    class Removing:
        async def remove(self, file_id: str) -> None:
            await storage.remove(file_id)
            with pytest.raises(AttachmentUnavailable):
                await add_attachment(order["id"], late, service.uow(), now=clock.now())

    async with service.uow() as uow:
        await uow.attachments.announce("late", clock.now() - timedelta(seconds=1))
        await uow.commit()
    assert await files_in(service, Removing()).remove_due() == 1

    async with service.uow() as uow:
        assert await uow.attachments.count(order["id"]) == 0


async def test_one_file_that_cannot_be_removed_holds_up_no_other(service: Service) -> None:
    removed: list[str] = []

    class Stubborn:
        async def remove(self, file_id: str) -> None:
            if file_id == "stuck":
                raise AttachmentUnavailable("it is stuck")
            removed.append(file_id)

    long_ago = service.container.clock().now() - timedelta(days=1)
    async with service.uow() as uow:
        for file_id in ("a", "stuck", "b"):
            await uow.attachments.announce(file_id, long_ago)
        await uow.commit()
    for _ in range(2):
        with pytest.raises(AttachmentUnavailable):
            await files_in(service, Stubborn()).remove_due()

    assert sorted(removed) == ["a", "b"]


async def test_an_attachment_is_found_with_its_own_order_only(
    service: Service, shop: Shop, order: dict[str, Any]
) -> None:
    attachment = (await attach(shop, order)).json()
    another = await shop.placed(await shop.product("B", stock=9))
    reader = await service.client(Permission.ORDERS_READ)

    found = await reader.get(f"/api/v1/orders/{another['id']}/attachments/{attachment['id']}")
    nowhere = await attach(shop, {"id": 999_999})

    assert (found.status_code, nowhere.status_code) == (404, 404)
