"""JSON read strictly, before any model sees it: what two parsers could read differently, or a database
could not keep, is refused."""

import json
from collections.abc import Callable, Coroutine
from decimal import Decimal
from email.message import Message
from functools import lru_cache
from typing import Any, ClassVar, Final, NoReturn

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from orderwright.api.documents import operation_id
from orderwright.api.gates import gates_of
from orderwright.api.media_types import JSONS, takes_any
from orderwright.api.one_step import ask_and_handle, asked_by, without_asked
from orderwright.api.plain_routes import app_of, handler_of, is_plain
from orderwright.api.problems import Refused, refuse
from orderwright.api.raw_headers import header, headers
from orderwright.api.strict_query import check_query, known_parameters, pairs_of
from orderwright.api.wire.errors import ERROR_RESPONSES

DEPTH_MAX: Final = 32
INT64_MAX: Final = 2**63 - 1
# More digits than any number here has a use for, and no exponent that makes arithmetic explode.
NUMBER_CHARS_MAX: Final = 64
EXPONENT_MAX: Final = 100
_ALWAYS_FITS: Final = 18


def parse(body: bytes) -> Any:
    """Numbers with a point or an exponent become `Decimal`: a price of 30.10 stays 30.10.

    Raises:
        Refused: 400 `malformed_json` when it is no JSON; 422 when it is JSON that we don't take.
    """
    try:
        value = _decoder.decode(body.decode("utf-8"))
    except UnicodeDecodeError:
        raise refuse(400, "malformed_json", "the body is not UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise refuse(400, "malformed_json", f"the body is not JSON: {where}") from None
    except RecursionError:
        raise _too_deep() from None
    if b"\\u" in body:  # no other way leads NUL or half a character into a text
        _check(value, 0)
    elif body.count(b"{") + body.count(b"[") > DEPTH_MAX:
        _check_nesting(value, 0)
    return value


def _whole_number(digits: str) -> int:
    if len(digits) <= _ALWAYS_FITS:
        return int(digits)
    # Length first: turning thousands of digits into a number takes quadratic time.
    number = int(digits) if len(digits) <= len(str(INT64_MAX)) + 1 else None
    if number is None or not -INT64_MAX - 1 <= number <= INT64_MAX:
        raise refuse(422, "number_out_of_range", "an integer does not fit into 64 bits")
    return number


def _decimal(text: str) -> Decimal:
    number = Decimal(text) if len(text) <= NUMBER_CHARS_MAX else None
    if number is None or abs(number.adjusted()) > EXPONENT_MAX:
        raise refuse(422, "number_out_of_range", "a number is too long or too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise refuse(400, "malformed_json", f"the body is not JSON: {name} is not a JSON number")


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise refuse(422, "duplicate_member", "an object has the same member twice")
    return members


_decoder: Final = json.JSONDecoder(
    parse_int=_whole_number,
    parse_float=_decimal,
    parse_constant=_no_constant,
    object_pairs_hook=_members,
)


def _check(value: object, depth: int) -> None:
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        _check_depth(depth)
        for name, member in value.items():
            _check_text(name)
            _check(member, depth + 1)
    elif isinstance(value, list):
        _check_depth(depth)
        for item in value:
            _check(item, depth + 1)


def _check_nesting(value: object, depth: int) -> None:
    """`_check` of what can only be too deep."""
    if not isinstance(value, (dict, list)):
        return
    _check_depth(depth)
    for member in value.values() if isinstance(value, dict) else value:
        if isinstance(member, (dict, list)):
            _check_nesting(member, depth + 1)


def _check_depth(depth: int) -> None:
    if depth >= DEPTH_MAX:
        raise _too_deep()


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise refuse(422, "invalid_text", "a text has half a surrogate pair in it") from None
    if "\0" in text:
        raise refuse(422, "invalid_text", "a text has NUL in it")


def _too_deep() -> Refused:
    return refuse(422, "json_too_deep", f"the body is nested deeper than {DEPTH_MAX} levels")


class StrictRequest(Request):
    """Reads JSON strictly, and a body only as what the client says that it is."""

    async def body(self) -> bytes:
        if not hasattr(self, "_strict_body"):
            body = await self._uncompressed()
            if body and not _is_json(header(self.scope, b"content-type") or ""):
                raise refuse(
                    415, "unsupported_media_type", "the request body must be application/json"
                )
            self._strict_body = body
        return self._strict_body

    async def json(self) -> Any:
        if not hasattr(self, "_strict_json"):
            self._strict_json = parse(await self.body())
        return self._strict_json

    async def _get_form(self, **_limits: Any) -> FormData:
        """The hook behind `form()`, which has to stay a context manager too."""
        if self._form is None:
            body = await self._uncompressed()
            if body and not _is_form(header(self.scope, b"content-type") or ""):
                raise refuse(
                    415,
                    "unsupported_media_type",
                    "the request body must be application/x-www-form-urlencoded",
                )
            self._form = FormData(dict(pairs_of(body, what="form")))
        return self._form

    async def _uncompressed(self) -> bytes:
        if (header(self.scope, b"content-encoding") or "identity").lower() != "identity":
            raise refuse(415, "unsupported_media_type", "the request body must not be compressed")
        try:
            return await super().body()
        except ClientDisconnect:  # nobody will read this, and nothing is broken
            raise HTTPException(400) from None


class StrictRoute(APIRoute):
    """The route class of every router: who may not use the route hears that before anything else."""

    # None: anything
    also_answers_in: ClassVar[tuple[str, ...] | None] = ()
    reads_its_body: ClassVar[bool] = False

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        options["responses"] = {**ERROR_RESPONSES, **(options.get("responses") or {})}
        options["generate_unique_id_function"] = operation_id
        super().__init__(path, endpoint, **options)
        if is_plain(without_asked(self.dependant)):
            self.app = app_of(self.get_route_handler())

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        known = known_parameters(self.dependant)
        gates, asked = gates_of(self.dependant), asked_by(self.dependant)
        handle = self._handler_of_the_rest()

        async def handle_strictly(request: Request) -> Response:
            for gate in gates:
                await gate(request)
            _check_accept(request, self.also_answers_in)
            check_query(request, known)
            strict = StrictRequest(request.scope, request.receive)
            if self.body_field is None and not self.reads_its_body:
                await _check_says_nothing(strict)
            return await ask_and_handle(asked, strict, handle)

        return handle_strictly

    def _handler_of_the_rest(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's keeps the dependant that it finds; the documentation needs all."""
        whole = self.dependant
        rest = without_asked(whole)
        if is_plain(rest):
            return handler_of(rest)
        self.dependant = rest
        try:
            return super().get_route_handler()
        finally:
            self.dependant = whole


class _Nothing(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


async def _check_says_nothing(request: StrictRequest) -> None:
    """A route that knows no body is not to act as if it had understood one.

    Raises: Refused: as any body; RequestValidationError: for all but `{}`.
    """
    if not await request.body():
        return
    try:
        _Nothing.model_validate(await request.json())
    except ValidationError as error:
        faults = error.errors(include_url=False)
        raise RequestValidationError(
            [{**each, "loc": ("body", *each["loc"])} for each in faults]
        ) from None


def _check_accept(request: Request, also: tuple[str, ...] | None) -> None:
    # Whoever looks after machines is told of their health, whatever their probe says it accepts.
    is_probe = request.scope["path"].startswith("/health/")
    if is_probe or also is None:
        return
    if not takes_any(headers(request.scope, b"accept"), (*JSONS, *also)):
        raise refuse(406, "not_acceptable", "this address answers in JSON only")


@lru_cache(maxsize=64)
def _is_json(content_type: str) -> bool:
    message = _content_type(content_type)
    subtype = message.get_content_subtype()
    is_json = subtype == "json" or subtype.endswith("+json")
    return message.get_content_maintype() == "application" and is_json and _is_utf8(message)


def _is_form(content_type: str) -> bool:
    message = _content_type(content_type)
    return message.get_content_type() == "application/x-www-form-urlencoded" and _is_utf8(message)


def _is_utf8(message: Message) -> bool:
    return message.get_content_charset("utf-8") in ("utf-8", "utf8")


def _content_type(text: str) -> Message:
    message = Message()
    message["content-type"] = text
    return message
