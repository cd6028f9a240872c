from urllib.parse import quote

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from orderwright.api.problems import Refused, response_to
from orderwright.api.raw_headers import header
from orderwright.api.versions import choose, version_of


class ChosenVersion:
    """Settles which version a request means before anything looks at its path: behind here the
    unversioned addresses do not exist, so nothing can hold for one form and not for the other."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            chosen = choose(scope["path"], header(scope, b"x-api-version"))
        except Refused as refusal:
            scope["state"]["api_version"] = version_of(scope["path"]).number
            await response_to(Request(scope), refusal.problem)(scope, receive, send)
            return
        scope["state"]["api_version"] = chosen.spelled
        if chosen.path != scope["path"]:
            scope["path"] = chosen.path
            scope["raw_path"] = quote(chosen.path).encode()
        await self._app(scope, receive, send)
