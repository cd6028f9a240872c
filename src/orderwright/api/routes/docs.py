import asyncio
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import HTMLResponse, Response

from orderwright.api import docs
from orderwright.api.problems import refuse

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_EVERY_TIME: Final = "no-cache"
# Not as strict as the rest: these answers are no JSON.
router = APIRouter(prefix="/docs", include_in_schema=False)


@router.get("")
async def page(
    request: Request, document: Annotated[str | None, Query(max_length=40)] = None
) -> Response:
    shown = next(iter(docs.DOCUMENTS)) if document is None else document
    if shown not in docs.DOCUMENTS:
        raise refuse(404, "document_not_found", "there is no such OpenAPI document")
    await asyncio.to_thread(docs.files)
    return HTMLResponse(docs.page(request.app.title, shown))


@router.get("/{name}")
async def file(
    name: str,
    v: Annotated[str | None, Query(max_length=40)] = None,
    accept_encoding: Annotated[str, Header()] = "",
    if_none_match: Annotated[str, Header()] = "",
) -> Response:
    found = (await asyncio.to_thread(docs.files)).get(name)
    if found is None:
        raise refuse(404, "route_not_found", "there is nothing at this address")
    headers = {
        "etag": f'"{found.digest}"',
        "cache-control": FOR_EVER if v == found.digest else ASK_EVERY_TIME,
        "vary": "Accept-Encoding",
    }
    if found.digest in if_none_match:
        return Response(status_code=304, headers=headers)
    if "gzip" in accept_encoding:
        headers["content-encoding"] = "gzip"
        return Response(found.compressed, headers=headers, media_type=found.media_type)
    return Response(found.content, headers=headers, media_type=found.media_type)
