from collections.abc import Iterator
from typing import Final

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


_DATA_POLICY: Final = DATA_POLICY.encode()
_PAGE_POLICY: Final = PAGE_POLICY.encode()

Raw = tuple[bytes, bytes]


class StandardHeaders:
    """What every response says beside its own: version, correlation, how to treat it, and what was
    added on the way."""

    def __init__(self, app: ASGIApp, *, only_https: bool) -> None:
        self._app = app
        fixed = dict(FIXED_HEADERS)
        if only_https:
            fixed |= HSTS
        self._fixed = [_raw(*each) for each in fixed.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own: list[Raw] = list(message["headers"])
                said = {name for name, _ in own}
                own += [each for each in self._headers_for(scope) if each[0] not in said]
                own += [_raw(*each) for each in added_headers(scope)]
                message["headers"] = own
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers_for(self, scope: Scope) -> Iterator[Raw]:
        yield from self._fixed
        yield _raw("x-correlation-id", correlation_id_of(scope) or "")
        yield _raw("x-api-version", scope["state"].get("api_version", API_VERSION))
        is_page = scope["path"] in PAGES
        yield b"content-security-policy", _PAGE_POLICY if is_page else _DATA_POLICY


def _raw(name: str, value: str) -> Raw:
    return name.encode("latin-1"), value.encode("latin-1")
