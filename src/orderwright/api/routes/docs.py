import asyncio
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, Response

from orderwright.api import docs
from orderwright.api.media_types import takes_gzip
from orderwright.api.problems import refuse

FOR_EVER: Final = "public, max-age=31536000, immutable"
ASK_EVERY_TIME: Final = "no-cache"


async def page(request: Request) -> Response:
    shown = request.query_params.get("document", next(iter(docs.DOCUMENTS)))
    if shown not in docs.DOCUMENTS:
        raise refuse(404, "document_not_found", "there is no such OpenAPI document")
    await asyncio.to_thread(docs.files)
    return HTMLResponse(docs.page(request.app.title, shown))


async def file(request: Request) -> Response:
    found = (await asyncio.to_thread(docs.files)).get(request.path_params["name"])
    if found is None:
        raise refuse(404, "route_not_found", "there is nothing at this address")
    is_this_version = request.query_params.get("v") == found.digest
    headers = {
        "etag": f'"{found.digest}"',
        "cache-control": FOR_EVER if is_this_version else ASK_EVERY_TIME,
        "content-type": found.media_type,
        "vary": "Accept-Encoding",
    }
    if found.digest in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if takes_gzip(request.headers.getlist("accept-encoding")):
        return Response(found.compressed, headers=headers | {"content-encoding": "gzip"})
    return Response(found.content, headers=headers)


# Pages beside the API, open to all like the document they show, and not part of it.
router = APIRouter()
router.add_route("/docs", page, include_in_schema=False)
router.add_route("/docs/{name}", file, include_in_schema=False)
