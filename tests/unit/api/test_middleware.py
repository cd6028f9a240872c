import pytest
from starlette.types import Message, Receive, Scope, Send

from orderwright.api.answers import is_current
from orderwright.api.middleware.last_resort import LastResort


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
