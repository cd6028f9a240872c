"""A receiver that is right gets full marks; one that checks nothing, or too much, does not."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import httpx2
from standardwebhooks import Webhook, WebhookVerificationError

from orderwright.cli.webhook_grading import deliveries, graded
from tests.webhook_sink import sink

SECRET: Final = "whsec_" + "Zm9y" * 8


async def failed_by(handler: Callable[[httpx2.Request], int]) -> list[str]:
    transport = httpx2.MockTransport(lambda request: httpx2.Response(handler(request)))
    async with httpx2.AsyncClient(transport=transport) as client:
        sent = deliveries(SECRET, "run", datetime.now(UTC))
        grades = [await graded(client, "http://receiver.test/", each) for each in sent]
    return [each.case for each in grades if not each.passed]


def by_the_book(request: httpx2.Request) -> int:
    try:
        Webhook(SECRET).verify(request.content, dict(request.headers))
    except WebhookVerificationError:
        return 400
    return 204


async def test_the_official_library_passes() -> None:
    assert await failed_by(by_the_book) == []


async def test_one_that_checks_nothing_fails_all_that_should_be_refused() -> None:
    assert await failed_by(lambda _: 200) == [
        "tampered: another body",
        "tampered: another id",
        "signed with another secret",
        "not signed",
        "expired: signed ten minutes ago",
        "from the future: signed in ten minutes",
    ]


async def test_one_whose_answers_have_no_end_is_graded_by_their_status() -> None:
    sent = next(deliveries(SECRET, "run", datetime.now(UTC)))
    async with sink() as receiver, httpx2.AsyncClient(timeout=None) as client:
        receiver.says[:] = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n"]
        receiver.holds_on = True
        grade = await graded(client, receiver.url, sent)

    assert (grade.got, grade.passed) == ("200", True)


async def test_one_that_refuses_what_it_has_had_fails() -> None:
    had: set[str] = set()

    def only_once(request: httpx2.Request) -> int:
        webhook_id = request.headers["webhook-id"]
        if by_the_book(request) == 204 and webhook_id in had:
            return 409
        had.add(webhook_id)
        return by_the_book(request)

    assert await failed_by(only_once) == ["duplicated: the same once more"]
