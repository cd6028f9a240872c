"""Parameters read in the short way are those that the framework would read, and so are the faults."""

from typing import Any
from urllib.parse import urlencode

import pytest
from fastapi.dependencies.utils import request_params_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from orderwright.api.one_step import without_asked
from orderwright.api.plain_parameters import has_plain_parameters, reader_of
from orderwright.api.routes import ROUTES
from orderwright.api.strict_query import check_query
from orderwright.api.wire.order_list import OrderPageQuery

_NAMES = [*OrderPageQuery.model_fields, "nobody", "Limit", "if_none_match"]
_TEXTS = (
    st.sampled_from(
        ["", "0", "1", "20", "101", "-1", "007", "true", "confirmed", "paid", "-created_at", "web"]
    )
    | st.sampled_from(["2026-01-02", "2026-01-02T03:04:05+02:00", "1e3", "30.50", " ", "\u0085"])
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6)
)
_QUERIES = st.dictionaries(st.sampled_from(_NAMES), _TEXTS, max_size=4)
_TAGS = st.none() | st.sampled_from(['"1"', "*", "", 'W/"2"'])
_PLAIN = [
    route
    for route in ROUTES
    if isinstance(route, APIRoute)
    and "GET" in (route.methods or ())
    and has_plain_parameters(route.dependant)
]


def _request(query: dict[str, str], path: str, tag: str | None) -> Request:
    request = Request(
        {
            "type": "http",
            "query_string": urlencode(query).encode(),
            "headers": [] if tag is None else [(b"if-none-match", tag.encode())],
            "path_params": dict.fromkeys(("order_id", "product_id", "customer_id"), path),
            "state": {},
        }
    )
    check_query(request, None)
    return request


def _as_the_framework_has_it(dependant: Any, request: Request) -> Any:
    values: dict[str, Any] = {}
    faults: list[Any] = []
    for fields, given_ in (
        (dependant.path_params, request.path_params),
        (dependant.query_params, request.query_params),
        (dependant.header_params, request.headers),
    ):
        read, wrong = request_params_to_args(fields, given_)
        values |= read
        faults += wrong
    return faults or values


def _in_the_short_way(dependant: Any, request: Request) -> Any:
    try:
        return reader_of(dependant)(request)
    except RequestValidationError as error:
        return error.errors()


def _route(path: str) -> Any:
    (found,) = [route for route in _PLAIN if route.path == path]
    return without_asked(found.dependant)


@given(query=_QUERIES)
def test_a_query_is_read_alike(query: dict[str, str]) -> None:
    dependant, request = _route("/api/v1/orders"), _request(query, "1", None)

    short, whole = (
        read(dependant, request) for read in (_in_the_short_way, _as_the_framework_has_it)
    )

    assert repr(short) == repr(whole)
    assert str(short) == str(whole)


@given(path=_TEXTS, tag=_TAGS)
def test_an_address_and_a_header_are_read_alike(path: str, tag: str | None) -> None:
    dependant, request = _route("/api/v1/orders/{order_id}"), _request({}, path, tag)

    whole = _as_the_framework_has_it(dependant, request)

    assert repr({"if_none_match": None} | _dict(_in_the_short_way(dependant, request))) == repr(
        {"if_none_match": None} | _dict(whole)
    )


def _dict(read: Any) -> dict[str, Any]:
    return read if isinstance(read, dict) else {"faults": read}


@pytest.mark.parametrize("path", ["/api/v1/orders", "/api/v1/orders/{order_id}"])
def test_the_busiest_routes_go_the_short_way(path: str) -> None:
    (route,) = [each for each in _PLAIN if each.path == path]

    assert "app_of" in route.app.__qualname__
