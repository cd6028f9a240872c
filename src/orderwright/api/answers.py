"""Answers as bytes: what is sent is what is stored for a retry."""

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel
from starlette.responses import Response

from orderwright.domain.interfaces.requests import Answer

T = TypeVar("T")
Render = Callable[[T], Answer]


def rendered(
    status: int,
    to_json: Callable[[T], BaseModel],
    *,
    location: Callable[[T], str] | None = None,
    version: Callable[[T], int] | None = None,
) -> Render[T]:
    """How to answer with what a use case gave: its JSON, where it lives, which version it is."""

    def render(result: T) -> Answer:
        headers = {"content-type": "application/json"}
        if location is not None:
            headers["location"] = location(result)
        if version is not None:
            headers["etag"] = etag(version(result))
        return Answer(status, headers, to_json(result).model_dump_json().encode())

    return render


def no_content(_: object) -> Answer:
    return Answer(204, {}, b"")


def as_response(answer: Answer, *, replayed: bool = False) -> Response:
    marks = {"idempotency-replayed": "true"} if replayed else {}
    return Response(answer.body, answer.status, {**answer.headers, **marks})


def unless_current(if_none_match: str | None, answer: Answer) -> Response:
    """304 instead, where the client has what the answer tags already."""
    tag = answer.headers["etag"]
    if is_current(if_none_match, tag):
        return Response(status_code=304, headers={"etag": tag})
    return as_response(answer)


def etag(version: int) -> str:
    return f'"{version}"'


def is_current(if_none_match: str | None, tag: str) -> bool:
    """Whether the client has what is tagged so already (RFC 9110, weak comparison)."""
    if if_none_match is None:
        return False
    known = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return "*" in known or tag in known
