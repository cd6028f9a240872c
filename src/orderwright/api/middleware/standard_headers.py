from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderwright.api.problems import correlation_id_of
from orderwright.api.response_headers import added_headers
from orderwright.api.versions import API_VERSION

# Pages for people load their own files from here; everything else is data.
DATA_POLICY: Final = "default-src 'none'; frame-ancestors 'none'"
PAGE_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGES: Final = frozenset({"/docs"})
FIXED_HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
ONE_YEAR_S: Final = 31_536_000
HSTS: Final = {"strict-transport-security": f"max-age={ONE_YEAR_S}; includeSubDomains"}


class StandardHeaders:
    """What every response says beside its own: version, correlation, how to treat it, and what was
    added on the way."""

    def __init__(self, app: ASGIApp, *, only_https: bool) -> None:
        self._app = app
        self._fixed = dict(FIXED_HEADERS)
        if only_https:
            self._fixed |= HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers_for(scope).items():
                    headers.setdefault(name, value)
                for name, value in added_headers(scope):
                    headers.append(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers_for(self, scope: Scope) -> Mapping[str, str]:
        return self._fixed | {
            "x-correlation-id": correlation_id_of(scope) or "",
            "x-api-version": scope["state"].get("api_version", API_VERSION),
            "content-security-policy": PAGE_POLICY if scope["path"] in PAGES else DATA_POLICY,
        }
