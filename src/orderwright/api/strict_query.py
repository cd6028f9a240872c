"""Query strings and forms read strictly: UTF-8, nothing twice, nothing that no route knows."""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request

from orderwright.api.problems import refuse

# Several times as many as any route or any OAuth 2 client has use for.
PAIRS_MAX: Final = 100
_GIVEN: Final = "query"


def pairs_of(raw: bytes, *, what: str) -> list[tuple[str, str]]:
    """Raises: Refused: 400 `malformed_request`; 422 `invalid_text`, `duplicate_parameter`."""
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=PAIRS_MAX)
    except ValueError:  # that there is no UTF-8 behind a percent sign is one
        raise refuse(400, "malformed_request", f"the {what} is not readable") from None
    if any("\0" in name + value for name, value in pairs):
        raise refuse(422, "invalid_text", f"the {what} has NUL in it")
    if len(dict(pairs)) < len(pairs):
        # No parameter here is a list; of one given twice, two programs may read different values.
        raise refuse(422, "duplicate_parameter", f"the {what} has a parameter twice")
    return pairs


def known_parameters(dependant: Dependant) -> frozenset[str] | None:
    """None where a model takes the whole query: it refuses what it does not know."""
    fields = list(_query_fields(dependant))
    if any(_is_model(field.field_info.annotation) for field in fields):
        return None
    return frozenset(field.alias for field in fields)


def _query_fields(dependant: Dependant) -> Iterator[Any]:
    yield from dependant.query_params
    for each in dependant.dependencies:
        yield from _query_fields(each)


def _is_model(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def check_query(request: Request, known: Iterable[str] | None) -> None:
    """Raises: RequestValidationError: for what the route does not know; Refused: see `pairs_of`."""
    if not request.scope["query_string"]:
        return
    given = dict(pairs_of(request.scope["query_string"], what="query string"))
    request.scope["state"][_GIVEN] = given
    unknown = sorted(set(given) - set(given if known is None else known))
    if unknown:
        raise RequestValidationError([_unknown(name) for name in unknown])


def query_of(request: Request) -> dict[str, str]:
    """What `check_query` has found."""
    given: dict[str, str] = request.scope["state"].get(_GIVEN, {})
    return given


def _unknown(name: str) -> dict[str, object]:
    """In the words in which a model says it."""
    return {
        "type": "extra_forbidden",
        "loc": ("query", name),
        "msg": "Extra inputs are not permitted",
    }
