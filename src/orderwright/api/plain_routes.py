"""Routes that take nothing but a body and what can be asked of the request alone, and answer with a
response that is made already. The framework's way around such an endpoint, with its stacks for
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

Handle = Callable[[Request], Coroutine[Any, Any, Response]]


def is_plain(dependant: Dependant) -> bool:
    """Whether `handler_of` may serve what is left of a route when all that can be was asked."""
    endpoint = dependant.call
    return (
        iscoroutinefunction(endpoint)
        and signature(endpoint).return_annotation is Response
        and not dependant.dependencies
        and not dependant.path_params
        and not dependant.query_params
        and not dependant.header_params
        and not dependant.cookie_params
        and not any(isinstance(each.field_info, Form) for each in dependant.body_params)
        and len(dependant.body_params) <= 1
    )


def handler_of(dependant: Dependant) -> Handle:
    """`dependant.call` with the body it wants, read by the request's own rules."""
    fields, endpoint, named = dependant.body_params, dependant.call, dependant.request_param_name

    async def handle(request: Request) -> Response:
        values = {} if named is None else {named: request}
        if fields:
            said = await request.json() if await request.body() else PydanticUndefined
            read, faults = await request_body_to_args(fields, said, embed_body_fields=False)
            if faults:
                raise RequestValidationError(faults)
            values |= read
        response: Response = await endpoint(**values)  # type: ignore[misc]
        return response

    return handle


def app_of(handle: Handle) -> ASGIApp:
    """Exceptions are answered where those of every route are, around the router."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        response = await handle(Request(scope, receive, send))
        await response(scope, receive, send)

    return app
