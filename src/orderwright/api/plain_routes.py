"""Routes that take nothing but a body, or plain parameters, and what can be asked of the request alone,
and answer with a response that is made already. The framework's way around such an endpoint, with its stacks for
dependencies to be closed, a second look at the content type and a second place where exceptions are
answered, costs more than reading the body; here is what is left of it."""

from collections.abc import Callable, Coroutine
from inspect import iscoroutinefunction, signature
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import request_body_to_args
from fastapi.exceptions import RequestValidationError
from fastapi.params import Form
from pydantic_core import PydanticUndefined
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from orderwright.api.plain_parameters import has_plain_parameters, reader_of

Handle = Callable[[Request], Coroutine[Any, Any, Response]]
Values = dict[str, Any]


def is_plain(dependant: Dependant) -> bool:
    """Whether `handler_of` may serve what is left of a route when all that can be was asked."""
    endpoint = dependant.call
    return (
        iscoroutinefunction(endpoint)
        and signature(endpoint).return_annotation is Response
        and not dependant.dependencies
        and dependant.response_param_name is None
        and dependant.background_tasks_param_name is None
        and (_has_one_body if dependant.body_params else has_plain_parameters)(dependant)
    )


def handler_of(dependant: Dependant) -> Handle:
    """`dependant.call` with what it wants, read by the request's own rules."""
    endpoint, named = dependant.call, dependant.request_param_name
    read_body, read = _body_reader_of(dependant), reader_of(dependant)

    async def handle(request: Request) -> Response:
        values = await read_body(request) if dependant.body_params else read(request)
        if named is not None:
            values[named] = request
        response: Response = await endpoint(**values)  # type: ignore[misc]
        return response

    return handle


def _has_one_body(dependant: Dependant) -> bool:
    (*others, body) = dependant.body_params
    parameters = (dependant.path_params, dependant.query_params, dependant.header_params)
    return not others and not isinstance(body.field_info, Form) and not any(parameters)


def _body_reader_of(dependant: Dependant) -> Callable[[Request], Coroutine[Any, Any, Values]]:
    """It raises: RequestValidationError."""
    fields = dependant.body_params

    async def read(request: Request) -> Values:
        said = await request.json() if await request.body() else PydanticUndefined
        values, faults = await request_body_to_args(fields, said, embed_body_fields=False)
        if faults:
            raise RequestValidationError(faults)
        return values

    return read


def app_of(handle: Handle) -> ASGIApp:
    """Exceptions are answered where those of every route are, around the router."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return app
