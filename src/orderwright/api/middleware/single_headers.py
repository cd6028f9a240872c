from collections.abc import Iterable
from typing import Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from orderwright.api.problems import Problem, response_to
from orderwright.api.versions import version_of

# Of two, a proxy could go by the one and we by the other. If-Match is a list, and read as one.
SINGLE: Final = frozenset(
    {
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"idempotency-key",
        b"x-api-version",
    }
)
_IF_NONE_MATCH: Final = b"if-none-match"
Headers = Iterable[tuple[bytes, bytes]]


class SingleHeaders:
    """Before anything reads them: what may be said once is not said twice, and a list in several
    lines is one list (RFC 9110, 5.3)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        seen: set[bytes] = set()
        tag_lines = 0
        for name, _ in scope["headers"]:
            if name in SINGLE:
                if name in seen:
                    scope["state"]["api_version"] = version_of(scope["path"]).number
                    await response_to(Request(scope), _said_twice(name))(scope, receive, send)
                    return
                seen.add(name)
            elif name == _IF_NONE_MATCH:
                tag_lines += 1
        if tag_lines > 1:
            scope["headers"] = _with_one_list(scope["headers"])
        await self._app(scope, receive, send)


def _said_twice(name: bytes) -> Problem:
    header = name.decode()
    return Problem(
        status=400,
        code="duplicate_header",
        detail=f"the header {header} was sent more than once",
        facts={"header": header},
    )


def _with_one_list(headers: Headers) -> list[tuple[bytes, bytes]]:
    tags = b", ".join(value for name, value in headers if name == _IF_NONE_MATCH)
    others = [(name, value) for name, value in headers if name != _IF_NONE_MATCH]
    return [*others, (_IF_NONE_MATCH, tags)]
