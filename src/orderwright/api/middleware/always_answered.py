import re
from collections.abc import Iterable
from typing import Final
from uuid import uuid4

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orderwright.api.middleware.last_resort import INTERNAL_ERROR
from orderwright.api.middleware.standard_headers import StandardHeaders
from orderwright.api.problems import correlation_id_of, response_to
from orderwright.api.versions import API_VERSION

log = structlog.get_logger(__name__)

# For these the server closes the connection without a word.
_UNSENDABLE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


class UnsendableHeader(Exception):
    """A bug of ours: the value has a control character in it."""


class AlwaysAnswered:
    """Around every other layer. Where one of them breaks, or made what cannot be sent, the answer
    has the form and the headers of any other, but none that was added on the way."""

    def __init__(self, app: ASGIApp, *, only_https: bool) -> None:
        self._app = app
        self._apologise = StandardHeaders(_apologise, only_https=only_https)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_what_can_be_sent(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                _check(message["headers"])
                started = True
            await send(message)

        try:
            await self._app(scope, receive, send_what_can_be_sent)
        except Exception:
            if started:
                raise  # too late for another answer: the server cuts the connection, and logs it
            state = {
                "correlation_id": correlation_id_of(scope) or uuid4().hex,
                "api_version": scope.get("state", {}).get("api_version", API_VERSION),
            }
            log.exception(
                "request.failed", method=scope["method"], correlation_id=state["correlation_id"]
            )
            await self._apologise({**scope, "state": state}, receive, send)


async def _apologise(scope: Scope, receive: Receive, send: Send) -> None:
    await response_to(Request(scope), INTERNAL_ERROR)(scope, receive, send)


def _check(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raises: UnsendableHeader."""
    if _UNSENDABLE.search(b"".join([value for _, value in headers])):
        names = [name.decode() for name, value in headers if _UNSENDABLE.search(value)]
        raise UnsendableHeader(", ".join(names))
