"""The protocol, and beside it what tests and demos drive the gateway with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hmac import compare_digest
from typing import Any, Final, TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orderwright.sandbox_gateway import execution
from orderwright.sandbox_gateway.answers import Answer, found, invalid, refused
from orderwright.sandbox_gateway.delivery import Once
from orderwright.sandbox_gateway.faults import Fault, Mode, Operation, operations_of
from orderwright.sandbox_gateway.gateway import Asked, Gateway
from orderwright.sandbox_gateway.ledger import Ledger
from orderwright.sandbox_gateway.payment import Payment
from orderwright.sandbox_gateway.wire import Body, MoneyBody, PaymentBody

_KEY_MAX: Final = 255
_UNAUTHORISED: Final = refused(401, "unauthorised", "Authorization: Bearer <PAYMENT_API_KEY>")
_NO_KEY: Final = refused(400, "idempotency_key_missing", "Idempotency-Key: 1 to 255 characters")

B = TypeVar("B", bound=Body)


class Routes:
    """`api_key` is the one that is accepted; None accepts any."""

    def __init__(self, gateway: Gateway, *, api_key: str | None) -> None:
        self._gateway = gateway
        self._ledger = gateway.ledger
        self._api_key = api_key

    def routes(self) -> list[Route]:
        changes = "/payments/{payment_id}"
        return [
            Route("/payments", self._pay, methods=["POST"]),
            Route("/payments", self._look_up, methods=["GET"]),
            Route(f"{changes}/captures", self._capture, methods=["POST"]),
            Route(f"{changes}/voids", self._void, methods=["POST"]),
            Route(f"{changes}/refunds", self._refund, methods=["POST"]),
            Route("/_sandbox/mode", self._set_mode, methods=["PUT"]),
            Route("/_sandbox/mode", self._show_mode, methods=["GET"]),
            Route("/_sandbox/ledger", self._show_ledger, methods=["GET"]),
        ]

    async def _pay(self, request: Request) -> Response:
        def act(body: PaymentBody, decline: bool) -> Answer:  # noqa: FBT001 - the only thing asked
            return execution.take_payment(self._ledger, body, decline=decline)

        return await self._carry_out(request, Operation.PAYMENTS, PaymentBody, act)

    async def _capture(self, request: Request) -> Response:
        act = self._moving(request, execution.capture)
        return await self._carry_out(request, Operation.CAPTURES, MoneyBody, act)

    async def _void(self, request: Request) -> Response:
        act = self._moving(request, execution.void)
        return await self._carry_out(request, Operation.VOIDS, Body, act)

    async def _refund(self, request: Request) -> Response:
        act = self._moving(request, execution.refund)
        return await self._carry_out(request, Operation.REFUNDS, MoneyBody, act)

    def _moving(
        self, request: Request, act: Callable[[Ledger, Payment, B], Answer]
    ) -> Callable[[B, bool], Answer]:
        payment_id: str = request.path_params["payment_id"]

        def move(body: B, decline: bool) -> Answer:  # noqa: FBT001 - the only thing asked
            return execution.move_money(self._ledger, payment_id, body, act, decline=decline)

        return move

    async def _carry_out(
        self,
        request: Request,
        operation: Operation,
        kind: type[B],
        act: Callable[[B, bool], Answer],
    ) -> Response:
        if not self._is_authorised(request):
            return Once(_UNAUTHORISED)
        key = request.headers.get("idempotency-key", "")
        if not 1 <= len(key) <= _KEY_MAX:
            return Once(_NO_KEY)
        try:
            body = kind.model_validate_json(await request.body())
        except ValidationError as error:
            return Once(invalid(error))
        asked = Asked(
            operation=operation,
            key=key,
            reference=body.reference,
            amount=body.sum,
            content=f"{request.scope['path']}\n{body.model_dump_json()}".encode(),
        )
        return await self._gateway.carry_out(asked, partial(act, body))

    async def _look_up(self, request: Request) -> Response:
        if not self._is_authorised(request):
            return Once(_UNAUTHORISED)
        reference = request.query_params.get("reference", "")
        if not reference:
            return Once(refused(422, "invalid_request", "reference: is required"))
        return await self._gateway.look_up(lambda: self._found(reference))

    def _found(self, reference: str) -> Answer:
        return found(items=[each.as_json() for each in self._ledger.mentioning(reference)])

    async def _set_mode(self, request: Request) -> Response:
        try:
            mode = Mode.model_validate_json(await request.body())
        except ValidationError as error:
            return Once(invalid(error))
        if mode.fault is Fault.FORGET_KEYS:
            self._ledger.forget_all(operations_of(mode))
        self._gateway.modes.set(mode)
        return await self._show_mode(request)

    async def _show_mode(self, _request: Request) -> Response:
        return Once(found(**self._gateway.modes.shown()))

    async def _show_ledger(self, _request: Request) -> Response:
        return Once(found(**self._ledger_as_json()))

    def _ledger_as_json(self) -> dict[str, Any]:
        executions = self._ledger.executions()
        return {
            "payments": [each.as_json() for each in self._ledger.all_payments()],
            "executions": executions,
            "duplicates": [reference for reference, times in executions.items() if times > 1],
        }

    def _is_authorised(self, request: Request) -> bool:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not key:
            return False
        return self._api_key is None or compare_digest(key.encode(), self._api_key.encode())
