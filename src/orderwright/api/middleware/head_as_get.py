from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """HEAD is GET without the body: every address that can be read answers it (RFC 9110, 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        is_answered = False

        async def send_no_body(message: Message) -> None:
            nonlocal is_answered
            if message["type"] != "http.response.body":
                await send(message)
            elif not is_answered:
                # The server then says that the client has gone: what has no end is ended.
                is_answered = True
                await send({"type": "http.response.body", "body": b""})

        # A copy, for the server reads the method from its own to know that no body will come.
        read = {**scope, "method": "GET"}
        try:
            await self._app(read, receive, send_no_body)
        finally:
            if "route" in read:  # the log outside asks which it was
                scope["route"] = read["route"]
