"""Long lists in pages: `Link` leads to the next page, if there is one, and a client needs no more than
to follow it. Short ones, which people leaf through, have `skip` and `limit` alone."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import JSONResponse, Response

T = TypeVar("T")


def page_of(
    request: Request,
    found: Sequence[T],
    limit: int,
    to_json: Callable[[T], BaseModel],
    **following: Callable[[T], object],
) -> Response:
    """The first `limit` of `found`, of which one more was asked for to see whether there are more.
    `following` names the parameter that says, by the last one shown, where the next page begins."""
    page = found[:limit]
    headers = {}
    if len(found) > limit:
        headers = link_to_next(request, {name: ask(page[-1]) for name, ask in following.items()})
    shown = [to_json(each).model_dump(mode="json") for each in page]
    return JSONResponse(shown, headers=headers)


def link_to_next(
    request: Request, where: Mapping[str, object], *, instead_of: str = ""
) -> dict[str, str]:
    """Relative, for only the proxy in front knows under which name the client called."""
    following = request.url.remove_query_params(instead_of).include_query_params(**where)
    return {"link": f'<{following.path}?{following.query}>; rel="next"'}
