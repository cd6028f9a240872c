from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from orderwright.api.access import requires
from orderwright.api.answers import is_current, no_content, rendered
from orderwright.api.dependencies import AttachmentFiles, Ids, Now, OrderDetails, Uow
from orderwright.api.idempotency import Once, OnceAfter
from orderwright.api.order_api import OrderApi
from orderwright.api.parameters import IfNoneMatch, IntId, TextId
from orderwright.api.strict_json import StrictRoute
from orderwright.api.uploads import FIELD, UploadedFile
from orderwright.api.wire.attachments import AttachmentJson
from orderwright.application.commands.keep_attachment import (
    add_attachment,
    announce_file,
    remove_attachment,
)
from orderwright.application.queries.order_details import of_existing_order
from orderwright.domain.entities.attachment import Attachment, AttachmentNotFound, StoredFile
from orderwright.domain.value_objects.permission import Permission

_FORM: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                    "required": [FIELD],
                    "additionalProperties": False,
                }
            }
        },
    }
}
_FILE: Final[dict[str, Any]] = {
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    "description": "The file, with its own media type.",
}


class FileRoute(StrictRoute):
    """Gives a file, whatever kind that is of, or takes one."""

    also_answers_in = None
    reads_its_body = True


def routes(api: OrderApi) -> APIRouter:
    router, files = (_router(api, kind) for kind in (StrictRoute, FileRoute))
    _attaching(files, api.path)
    _listing(router)
    _downloading(files)
    _removing(router)
    router.routes.extend(files.routes)
    return router


def _router(api: OrderApi, kind: type[StrictRoute]) -> APIRouter:
    path = f"{api.path}/{{order_id}}/attachments"
    return APIRouter(prefix=path, tags=["orders"], route_class=kind, dependencies=api.gates)


def _attaching(router: APIRouter, path: str) -> None:
    @router.post(
        "",
        status_code=201,
        response_model=AttachmentJson,
        openapi_extra=_FORM,
        dependencies=[requires(Permission.ORDERS_WRITE)],
    )
    async def attach(
        request: Request,
        order_id: IntId,
        *,
        once: OnceAfter,
        announcing: Uow,
        files: AttachmentFiles,
        now: Now,
        ids: Ids,
    ) -> Response:
        """Keep a file with the order: an invoice, a photo of what came broken. Its kind is found out
        by its first bytes, and refused if that is not what was said or is not allowed here."""
        sent, file_id = UploadedFile(request), ids.new_id()
        await announce_file(file_id, announcing, now=now)
        try:
            file = await _stored(sent, file_id, files)
            runner = await once([file.filename, file.content_type, file.sha256])
            return await runner.run(
                lambda uow: add_attachment(order_id, file, uow, now=now),
                rendered(
                    201,
                    AttachmentJson.model_validate,
                    location=lambda kept: f"{path}/{order_id}/attachments/{kept.id}",
                ),
            )
        finally:
            await files.tidy(file_id)


async def _stored(sent: UploadedFile, file_id: str, files: AttachmentFiles) -> StoredFile:
    head = await sent.head()
    return await files.store(
        file_id, name=head.filename, told_type=head.content_type, pieces=sent.pieces()
    )


def _listing(router: APIRouter) -> None:
    @router.get(
        "",
        response_model=list[AttachmentJson],
        dependencies=[requires(Permission.ORDERS_READ)],
    )
    async def list_attachments(order_id: IntId, details: OrderDetails) -> Sequence[Attachment]:
        """The order's attachments, oldest first."""
        return await of_existing_order(order_id, details, details.attachments)


def _downloading(router: APIRouter) -> None:
    @router.get(
        "/{attachment_id}",
        responses={200: _FILE},
        dependencies=[requires(Permission.ORDERS_READ)],
    )
    async def download(
        order_id: IntId,
        attachment_id: TextId,
        *,
        details: OrderDetails,
        files: AttachmentFiles,
        if_none_match: IfNoneMatch = None,
    ) -> Response:
        """The file itself, to be saved: no browser shows it as a page of ours."""
        attachment = await details.attachment(order_id, attachment_id)
        if attachment is None:
            raise AttachmentNotFound("the order has no such attachment")
        tag = f'"{attachment.sha256}"'
        if is_current(if_none_match, tag):
            return Response(status_code=304, headers={"etag": tag})
        pieces = await files.read(attachment.id)
        return StreamingResponse(pieces, headers={**_headers(attachment), "etag": tag})


def _removing(router: APIRouter) -> None:
    @router.delete(
        "/{attachment_id}", status_code=204, dependencies=[requires(Permission.ORDERS_WRITE)]
    )
    async def remove(
        order_id: IntId, attachment_id: TextId, *, once: Once, files: AttachmentFiles, now: Now
    ) -> Response:
        """Take it from the order and delete the file; the timeline remembers its name."""
        answer = await once.run(
            lambda uow: remove_attachment(order_id, attachment_id, uow, now=now), no_content
        )
        await files.tidy(attachment_id)
        return answer


def _headers(attachment: Attachment) -> dict[str, str]:
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in attachment.filename)
    named = (
        f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(attachment.filename, safe='')}"
    )
    return {
        "content-type": attachment.content_type,
        "content-length": str(attachment.size),
        "content-disposition": named,
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; sandbox",
    }
