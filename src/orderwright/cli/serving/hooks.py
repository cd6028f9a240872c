"""The life of `orderwright webhooks listen`: a receiver that does what a receiver should."""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any, Final

import uvicorn

from orderwright.application.services.webhook_verification import fault_of
from orderwright.cli.exit_codes import ExitCode
from orderwright.cli.output import print_text, say, shown
from orderwright.cli.serving.sockets import bind, url_of
from orderwright.cli.serving.stoppable import run_one
from orderwright.cli.stop_signals import stop_on_signal_from_now_on

_GRACE_S: Final = 1
_BODY_BYTES_MAX: Final = 1024 * 1024
_IDS_KEPT: Final = 10_000

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Listener:
    """Verifies, prints, answers 204; 400 for what is not signed, and 2xx once more for what came twice,
    which is not printed again."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._had: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _answer(send, await self._take(scope, receive))

    async def _take(self, scope: Message, receive: Receive) -> int:
        body = await _body(receive)
        if scope["method"] != "POST":
            return 405
        if body is None:
            return 413
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        fault = fault_of(self._secret, headers, body, now=datetime.now(UTC))
        if fault is not None:
            say(f"refused: {fault}")
            return 400
        self._show(headers["webhook-id"], body)
        return 204

    def _show(self, webhook_id: str, body: bytes) -> None:
        if webhook_id in self._had:
            say(f"{shown(webhook_id)}: had it already")
            return
        self._had[webhook_id] = None
        if len(self._had) > _IDS_KEPT:
            self._had.popitem(last=False)
        print_text(json.dumps({"webhook_id": webhook_id, "message": _read(body)}))
        sys.stdout.flush()


def serve_listener(*, host: str, port: int, secret: str) -> ExitCode:
    """Raises: Failure: the port is taken."""
    stop_on_signal_from_now_on()
    with bind(host, port) as listener:
        config = uvicorn.Config(
            app=Listener(secret),
            interface="asgi3",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            ws="none",
            timeout_graceful_shutdown=_GRACE_S,
        )
        say(f"Listening for webhooks on {url_of(listener)}; Ctrl-C ends it.")
        return run_one(config, listener)


async def _body(receive: Receive) -> bytes | None:
    """None if it is too large."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if len(body) > _BODY_BYTES_MAX:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _read(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b""})
