import json

import pytest
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from orderwright.api.answers import is_current
from orderwright.api.middleware.always_answered import AlwaysAnswered
from orderwright.api.middleware.head_as_get import HeadAsGet
from orderwright.api.middleware.last_resort import LastResort
from orderwright.api.middleware.standard_headers import StandardHeaders
from orderwright.api.response_headers import add_response_header


async def nothing_more() -> Message:
    raise AssertionError("nobody reads the body")


async def test_an_answer_that_breaks_off_midway_stays_broken_off() -> None:
    sent: list[Message] = []

    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("the well ran dry")

    async def keep(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError):
        await LastResort(breaks)({"type": "http", "method": "GET"}, nothing_more, keep)

    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.parametrize("value", ["a\r\nX-Evil: yes", "a\0b", "\u65e5"])
async def test_a_header_that_cannot_be_sent_costs_the_client_no_answer(value: str) -> None:
    sent: list[Message] = []

    async def adds(scope: Scope, receive: Receive, send: Send) -> None:
        add_response_header(scope, "link", value)
        await Response(b"{}", 200)(scope, receive, send)

    async def keep(message: Message) -> None:
        sent.append(message)

    app = AlwaysAnswered(StandardHeaders(adds, only_https=False), only_https=False)
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/v2/orders",
        "headers": [],
        "state": {"correlation_id": "c-500", "api_version": "2.0"},
    }
    await app(scope, nothing_more, keep)

    start, body = sent
    headers = Headers(raw=start["headers"])
    assert start["status"] == 500
    assert (headers["x-correlation-id"], headers["x-api-version"]) == ("c-500", "2.0")
    assert "link" not in headers
    told = json.loads(body["body"])
    assert (told["code"], told["correlation_id"]) == ("internal_error", "c-500")


async def test_an_answer_that_has_begun_is_not_begun_again() -> None:
    sent: list[Message] = []

    async def breaks(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("the well ran dry")

    async def keep(message: Message) -> None:
        sent.append(message)

    with pytest.raises(RuntimeError):
        await AlwaysAnswered(breaks, only_https=False)(
            {"type": "http", "method": "GET"}, nothing_more, keep
        )

    assert [message["type"] for message in sent] == ["http.response.start"]


async def test_head_stays_head_outside_and_the_log_there_learns_the_route() -> None:
    seen: list[tuple[str, str]] = []

    async def answers(scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = "the route"
        scope["state"]["actor"] = "ada"
        seen.append((scope["method"], outside["method"]))

    async def keep(message: Message) -> None: ...

    outside: Scope = {"type": "http", "method": "HEAD", "state": {}}
    await HeadAsGet(answers)(outside, nothing_more, keep)

    assert seen == [("GET", "HEAD")]
    assert outside == {
        "type": "http",
        "method": "HEAD",
        "state": {"actor": "ada"},
        "route": "the route",
    }


async def test_head_of_what_has_no_end_is_answered_whole_at_once() -> None:
    sent: list[Message] = []
    start: Message = {"type": "http.response.start", "status": 200, "headers": []}

    async def streams(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send(start)
        for _ in range(2):
            await send({"type": "http.response.body", "body": b"more", "more_body": True})

    async def keep(message: Message) -> None:
        sent.append(message)

    await HeadAsGet(streams)({"type": "http", "method": "HEAD", "state": {}}, nothing_more, keep)

    assert sent == [start, {"type": "http.response.body", "body": b""}]


@pytest.mark.parametrize(
    ("known", "current"),
    [
        (None, False),
        ('"3"', True),
        ('W/"3"', True),
        ('"2", W/"3"', True),
        ("*", True),
        ('"2"', False),
        ("3", False),
        ("", False),
    ],
)
def test_a_client_has_the_version_it_names(known: str | None, *, current: bool) -> None:
    assert is_current(known, '"3"') is current
