"""Parameters in an address and in headers as plain routes take them: each a text, or all of the query
in one model. What is checked, and in which words it is refused, is the framework's own; left out is its
search for lists and for other names, which these have not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, get_args

from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.requests import Request

from orderwright.api.raw_headers import header
from orderwright.api.strict_query import query_of

Take = Callable[[Request], Any]


@dataclass(frozen=True, slots=True)
class Parameter:
    """`take` gives what the request says, or None: then it is left to the endpoint's own default."""

    field: Any
    take: Take
    place: tuple[str, ...]

    def read(self, request: Request, values: dict[str, Any]) -> list[Any]:
        """The faults; without any, its value is among `values`."""
        said = self.take(request)
        if said is None:
            return []
        values[self.field.name], faults = self.field.validate(said, {}, loc=self.place)
        return list(faults)


def has_plain_parameters(dependant: Dependant) -> bool:
    return (
        all(map(_is_optional_text, dependant.header_params))
        and all(map(_is_plain_model, dependant.query_params))
        and len(dependant.query_params) <= 1
        and not dependant.cookie_params
    )


def reader_of(dependant: Dependant) -> Callable[[Request], dict[str, Any]]:
    """What an endpoint is to be called with. Raises: RequestValidationError, when that is called."""
    parameters = [*_parameters(dependant)]

    def read(request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        faults = [fault for each in parameters for fault in each.read(request, values)]
        if faults:
            raise RequestValidationError(faults)
        return values

    return read


def _parameters(dependant: Dependant) -> Iterator[Parameter]:
    """In the order in which the framework tells of their faults."""
    for field in dependant.path_params:
        yield Parameter(field, _from_path(field.alias), ("path", field.alias))
    for field in dependant.query_params:
        yield Parameter(field, query_of, ("query",))
    for field in dependant.header_params:
        yield Parameter(field, _from_header(field.alias), ("header", field.alias))


def _from_path(name: str) -> Take:
    return lambda request: request.scope["path_params"][name]


def _from_header(name: str) -> Take:
    sought = name.encode()
    return lambda request: header(request.scope, sought)


def _is_optional_text(field: Any) -> bool:
    """A text or None, whatever the documentation is told of the None."""
    info = field.field_info
    kind, *others = get_args(info.annotation) or (None,)
    return info.default is None and kind is str and len(others) == 1


def _is_plain_model(field: Any) -> bool:
    model = field.field_info.annotation
    return (
        isinstance(model, type)
        and issubclass(model, BaseModel)
        and not any(each.alias or each.validation_alias for each in model.model_fields.values())
    )
