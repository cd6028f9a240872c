"""Idempotency-Key: a request that is sent again gets its first answer again, byte for byte."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, TypeVar

import orjson
from fastapi import Depends, Header, Request
from pydantic import WithJsonSchema
from pydantic.json_schema import SkipJsonSchema
from starlette.responses import Response

from orderwright.api.answers import Render, as_response
from orderwright.api.dependencies import context_of, of_container, units_of
from orderwright.api.errors import problem_of
from orderwright.api.one_step import FromRequest
from orderwright.api.problems import answer_to, refuse
from orderwright.api.raw_headers import header
from orderwright.application.commands.remember_refusal import remember_refusal
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import (
    Answer,
    KeyedRequest,
    Replayed,
    RequestContext,
    is_final,
)
from orderwright.domain.interfaces.security import SecretHasher
from orderwright.domain.interfaces.unit_of_work import (
    TransactionConflict,
    UnitOfWork,
    UnitOfWorkFactory,
)

VISIBLE_ASCII: Final = re.compile(r"[\x21-\x7e]{1,255}")
# A transaction that was in another's way changed nothing and may run again.
ATTEMPTS: Final = 3

T = TypeVar("T")
Act = Callable[[UnitOfWork], Awaitable[T]]
Complete = Callable[[Any, Any], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Keyed:
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class OnceRunner:
    """Runs a use case for one request: as it is, or at most once for its key."""

    request: Request
    units: UnitOfWorkFactory
    context: RequestContext
    keyed: Keyed | None

    async def run(
        self,
        act: Act[T],
        render: Render[Any],
        *,
        keep: Render[Any] | None = None,
        complete: Complete | None = None,
    ) -> Response:
        """The rendered result of `act`, kept for a retry if it was committed. `keep` renders what that hears,
        where it is less; `complete` adds to the result, before it is rendered, what is read in its
        transaction."""
        if complete is not None:
            return await self._run_completed(act, render, complete)
        if self.keyed is None:
            return as_response(render(await self._attempt(act, self.context)))
        answers = _Answers(render, keep)
        try:
            result = await self._attempt(act, self._context(self.keyed, answers.give))
        except Replayed as replayed:
            return as_response(replayed.answer, replayed=True)
        except DomainError as refusal:
            if not is_final(refusal):
                raise
            return await self._refuse(self.keyed, refusal)
        return as_response(answers.given or render(result))

    async def place(
        self, act: Callable[[RequestContext], Awaitable[OrderInFull]], render: Render[OrderInFull]
    ) -> Response:
        """As `run`, for an order placed in a group: the group keeps its answer, or why not."""
        if self.keyed is None:
            return as_response(render(await act(self.context)))
        answers = _Answers(render, None)

        def give(result: object) -> Answer:
            if isinstance(result, DomainError):
                return answer_to(self.request, problem_of(result))
            return answers.give(result)

        try:
            placed = await act(self._context(self.keyed, give))
        except Replayed as replayed:
            return as_response(replayed.answer, replayed=True)
        return as_response(answers.given or render(placed))

    async def _run_completed(
        self, act: Act[T], render: Render[Any], complete: Complete
    ) -> Response:
        shown: list[object] = []

        async def complete_and_see(result: object, uow: UnitOfWork) -> object:
            shown[:] = [await complete(result, uow)]
            return shown[0]

        context = replace(self.context, complete=complete_and_see)
        return await replace(self, context=context).run(
            act, lambda given: render(shown[0] if self.keyed is None else given)
        )

    async def _attempt(self, act: Act[T], context: RequestContext) -> T:
        # One unit of work for all tries: what it has made durable it does not do again.
        uow = self.units(context)
        for _ in range(ATTEMPTS - 1):
            try:
                return await act(uow)
            except TransactionConflict:
                continue
        return await act(uow)

    async def _refuse(self, keyed: Keyed, refusal: DomainError) -> Response:
        answer = answer_to(self.request, problem_of(refusal))
        try:
            context = replace(self._context(keyed, lambda _: answer), complete=None)
            uow = self.units(context)
            await remember_refusal(refusal, uow)
        except Replayed as replayed:
            return as_response(replayed.answer, replayed=True)
        except DomainError:
            raise refusal from None  # true without being remembered
        return as_response(answer)

    def _context(self, keyed: Keyed, render: Callable[[Any], Answer]) -> RequestContext:
        request = KeyedRequest(key=keyed.key, fingerprint=keyed.fingerprint, render=render)
        return replace(self.context, request=request)


class _Answers:
    """Gives what is to be stored and keeps what is to be sent: made once, of the same moment."""

    def __init__(self, render: Render[Any], keep: Render[Any] | None) -> None:
        self._render = render
        self._keep = keep
        self.given: Answer | None = None

    def give(self, result: object) -> Answer:
        given = self.given = self._render(result)
        return given if self._keep is None else self._keep(result)


# Only told by the schema, for `_checked` refuses by a code of its own.
_KeyText = Annotated[
    str,
    WithJsonSchema(
        {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[\x21-\x7e]*$"}
    ),
]
IdempotencyKey = Annotated[
    _KeyText | SkipJsonSchema[None], Header(description="1 to 255 visible ASCII characters")
]


class _Keyed(FromRequest):
    """Reads the key itself; the documentation tells of it."""

    async def __call__(
        self,
        request: Request,
        idempotency_key: IdempotencyKey = None,  # noqa: ARG002 - only told
    ) -> Any:
        return await self.get(request)


async def _once(request: Request) -> OnceRunner:
    keyed = None
    idempotency_key = header(request.scope, b"idempotency-key")
    if idempotency_key is not None:
        key = _checked(idempotency_key)
        secrets: SecretHasher = of_container(request, "secret_hasher")
        # Under our own key, for a body may hold a password that could be guessed by its hash.
        keyed = Keyed(key, secrets.hash(await _canonical(request)))
    return OnceRunner(request, units_of(request), await context_of(request), keyed)


Once = Annotated[OnceRunner, Depends(_Keyed(_once))]


async def _once_after(request: Request) -> Callable[[object], Awaitable[OnceRunner]]:
    """For bodies that are read by their route: it says what it was told, when it knows."""
    idempotency_key = header(request.scope, b"idempotency-key")
    key = None if idempotency_key is None else _checked(idempotency_key)

    async def once(said: object) -> OnceRunner:
        keyed = None
        if key is not None:
            secrets: SecretHasher = of_container(request, "secret_hasher")
            whole = canonical(request.method, request.scope["path"], [], said)
            keyed = Keyed(key, secrets.hash(whole))
        return OnceRunner(request, units_of(request), await context_of(request), keyed)

    return once


OnceAfter = Annotated[Callable[[object], Awaitable[OnceRunner]], Depends(_Keyed(_once_after))]


def _checked(key: str) -> str:
    if not VISIBLE_ASCII.fullmatch(key):
        raise refuse(
            422,
            "invalid_idempotency_key",
            "an Idempotency-Key has 1 to 255 visible ASCII characters",
        )
    return key


async def _canonical(request: Request) -> str:
    body = await request.json() if await request.body() else None
    query = request.query_params.multi_items() if request.scope["query_string"] else []
    return canonical(request.method, request.scope["path"], query, body)


def canonical(method: str, path: str, query: Sequence[tuple[str, str]], body: object) -> str:
    """Equal for requests that say the same, whatever the order of members and the white space."""
    said = [method, path, sorted(query), body]
    return orjson.dumps(said, default=_unlike_text, option=orjson.OPT_SORT_KEYS).decode()


def _unlike_text(number: object) -> str:
    """A decimal as no text can be: NUL is refused in every text. 1.50 is another number than 1.5 here,
    for a client that repeats itself writes what it wrote."""
    return f"\0{number}"
