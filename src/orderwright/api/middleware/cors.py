from collections.abc import Iterable
from typing import Final

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from orderwright.api.problems import Problem, response_to

METHODS: Final = ("GET", "POST", "PATCH", "PUT", "DELETE")
REQUEST_HEADERS: Final = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "X-API-Version",
    "X-Correlation-ID",
)
# Without this a page could not read them.
ANSWER_HEADERS: Final = (
    "Deprecation",
    "ETag",
    "Idempotency-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "Sunset",
    "X-API-Version",
    "X-Correlation-ID",
    "X-Total-Count",
)
REMEMBERED_FOR_S: Final = 600


class Cors(CORSMiddleware):
    """Which pages may call from a browser. No cookies: a token is sent by whoever has it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        asks_first = "access-control-request-method" in headers and "origin" in headers
        if asks_first and scope["method"] == "OPTIONS":
            await self._answer(scope, headers)(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    def _answer(self, scope: Scope, headers: Headers) -> Response:
        answer = self.preflight_response(headers)
        kept = {name: answer.headers[name] for name in answer.headers if _is_about_cors(name)}
        if answer.status_code == Response().status_code:
            return Response(status_code=204, headers=kept)
        problem = Problem(
            status=400,
            code="cors_refused",
            detail="pages of this origin may not call this with such a method or header",
            headers=kept,
        )
        return response_to(Request(scope), problem)


def _is_about_cors(name: str) -> bool:
    return name == "vary" or name.startswith("access-control-")


def allow_origins(app: FastAPI, origins: Iterable[str]) -> None:
    app.add_middleware(
        Cors,
        allow_origins=tuple(origins),
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=ANSWER_HEADERS,
        max_age=REMEMBERED_FOR_S,
    )
