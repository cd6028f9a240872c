"""Which number an error is on the wire: one table, and the handlers that apply it."""

from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from orderwright.api.error_catalogue import TITLES
from orderwright.api.problems import Problem, Refused, response_to
from orderwright.application.services.attachment_files import FileTooLarge, FileTypeRefused
from orderwright.domain.errors import (
    Conflict,
    DomainError,
    Forbidden,
    InProgress,
    NotFound,
    PreconditionFailed,
    Rejected,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from orderwright.domain.interfaces.placement import CommitUnknown

STATUS_OF: Final[Mapping[type[DomainError], int]] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    PreconditionFailed: 412,
    Rejected: 422,
    TooManyRequests: 429,
    Unavailable: 503,
    FileTooLarge: 413,
    FileTypeRefused: 415,
}
# What the framework refuses by itself, in our words.
_FRAMEWORK: Final = {
    404: ("route_not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address does not know the method"),
    406: ("not_acceptable", "this address answers in JSON only"),
    413: ("payload_too_large", "the request body is too large"),
    415: ("unsupported_media_type", "the request body is not JSON"),
}
# Enough to correct a request by; a body of thousands of faults needs no list of all.
FAULTS_MAX: Final = 50
POINTER_CHARS_MAX: Final = 200


def install(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, _on_domain_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)


def problem_of(error: DomainError) -> Problem:
    return Problem(
        status=next(STATUS_OF[kind] for kind in type(error).__mro__ if kind in STATUS_OF),
        code=error.code,
        detail=error.detail,
        facts=error.facts | dict(_more_facts_of(error)),
        headers=_headers_of(error),
    )


def _more_facts_of(error: DomainError) -> Iterator[tuple[str, object]]:
    """What only the wire knows."""
    if isinstance(error, InProgress | TooManyRequests | Unavailable):
        # Whoever has no key might do twice what is done already.
        yield "retryable", not isinstance(error, CommitUnknown)


def _headers_of(error: DomainError) -> Mapping[str, str]:
    match error:
        case InProgress() | TooManyRequests() | Unavailable():
            return {"retry-after": str(error.retry_after_s)}
        case Unauthenticated():
            return {"www-authenticate": "Bearer"}
        case _:
            return {}


async def _on_domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101 - how the handler is registered
    return response_to(request, problem_of(error))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - how the handler is registered
    if isinstance(error, Refused):
        return response_to(request, error.problem)
    code, detail = _FRAMEWORK.get(error.status_code, ("bad_request", "the request is not readable"))
    status = error.status_code if error.status_code in TITLES else HTTPStatus.BAD_REQUEST
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if "allow" in headers:
        headers["allow"] = _methods_at(request)
    problem = Problem(status=int(status), code=code, detail=detail, headers=headers)
    return response_to(request, problem)


def _methods_at(request: Request) -> str:
    """All that the address knows: the framework names those of one route only."""
    here = [
        route.methods or ()
        for route in iter_route_contexts(request.app.routes)
        if route.path_regex.match(request.url.path)
    ]
    methods = set().union(*here)
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - how the handler is registered
    faults = [_fault(each) for each in _first(error.errors())]
    problem = Problem(
        status=422,
        code="validation_error",
        detail=_sentence(faults),
        facts={"errors": faults},
    )
    return response_to(request, problem)


def _first(errors: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return list(errors)[:FAULTS_MAX]


def _fault(error: Mapping[str, Any]) -> dict[str, str]:
    """Never what was sent: `input` and `ctx` may hold a secret."""
    part, *path = error["loc"]
    pointer = "".join(f"/{_escaped(str(step))}" for step in path)[:POINTER_CHARS_MAX]
    return {
        "pointer": pointer,
        "message": error["msg"].removeprefix("Value error, "),
        "code": error["type"],
        "in": str(part),
    }


def _escaped(step: str) -> str:
    """As RFC 6901 wants it."""
    return step.replace("~", "~0").replace("/", "~1")


def _sentence(faults: list[dict[str, str]]) -> str:
    if not faults:
        return "the request is not valid"
    first = faults[0]
    return f"{first['in']}{first['pointer']}: {first['message']}"
