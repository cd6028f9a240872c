from collections.abc import Sequence

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

from orderwright.api.paging import page_of


class Thing(BaseModel):
    id: int


def page(found: Sequence[int], query: str) -> Response:
    scope = {
        "type": "http",
        "method": "GET",
        "server": ("here.test", 80),
        "path": "/api/v1/things",
        "query_string": query.encode(),
        "headers": [],
    }
    things = [Thing(id=each) for each in found]
    return page_of(Request(scope), things, 2, lambda each: each, after=lambda last: last.id)


def test_one_more_than_is_shown_makes_a_link_to_the_next_page() -> None:
    answer = page([9, 7, 5], "state=dead&after=11&limit=2")

    assert answer.body == b'[{"id":9},{"id":7}]'
    assert answer.headers["link"] == '</api/v1/things?state=dead&limit=2&after=7>; rel="next"'


def test_the_last_page_and_an_empty_one_lead_nowhere() -> None:
    for found in ([9, 7], []):
        assert "link" not in page(found, "limit=2").headers
