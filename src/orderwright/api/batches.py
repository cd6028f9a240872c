"""How a batch of orders is asked for and answered: every order as the request that it could have been."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import structlog
from starlette.requests import Request

from orderwright.api.errors import problem_of
from orderwright.api.idempotency import Keyed, canonical
from orderwright.api.order_api import OrderApi
from orderwright.api.problems import Problem, answer_to
from orderwright.api.wire.orders import BatchedOrderBody
from orderwright.application.placement.requests import Outcome, PlacementRequest
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import Answer, KeyedRequest, Replayed, RequestContext

MULTI_STATUS: Final = 207
BUG: Final = Problem(status=500, code="internal_error", detail="something went wrong on our side")

log = structlog.get_logger(__name__)


class Batch:
    """One request for many orders."""

    def __init__(
        self,
        request: Request,
        api: OrderApi,
        context: RequestContext,
        *,
        keyed: Keyed | None,
        hashed: Callable[[str], str],
    ) -> None:
        self._request = request
        self._api = api
        self._context = context
        self._keyed = keyed
        self._hashed = hashed
        self._render = api.placed()
        # As they are kept for a repetition, by the place of their order, with the outcome that they tell:
        # what is rendered may not be written in the end, and another try ends otherwise.
        self._answers: list[tuple[object, Answer] | None] = []

    def request_for(
        self, order: BatchedOrderBody, said: Mapping[str, Any], now: datetime
    ) -> PlacementRequest:
        """`said` is what `order` was read from."""
        place = len(self._answers)
        self._answers.append(None)
        key = self._key(place, order.idempotency_key)
        context = self._context
        if key is not None:
            alone = {name: value for name, value in said.items() if name != "idempotency_key"}
            fingerprint = self._hashed(canonical("POST", self._api.path, [], alone))
            keyed = KeyedRequest(
                key=key, fingerprint=fingerprint, render=lambda result: self._kept(place, result)
            )
            context = replace(context, request=keyed)
        return PlacementRequest(order.to_command(), context, now)

    def answer(self, outcomes: Sequence[Outcome | BaseException]) -> Answer:
        results = (self._result(place, outcome) for place, outcome in enumerate(outcomes))
        body = b'{"results":[' + b",".join(results) + b"]}"
        return Answer(MULTI_STATUS, {"content-type": "application/json"}, body)

    def _key(self, place: int, own: str | None) -> str | None:
        """One of the whole batch's is one for each place in it; no client can send it: it has a blank."""
        if own is not None or self._keyed is None:
            return own
        return f"{hashlib.sha256(self._keyed.key.encode()).hexdigest()} {place}"

    def _kept(self, place: int, result: object) -> Answer:
        answer = self._answered(result)
        self._answers[place] = (result, answer)
        return answer

    def _answer_to(self, place: int, outcome: object) -> Answer:
        kept = self._answers[place]
        return kept[1] if kept is not None and kept[0] is outcome else self._answered(outcome)

    def _result(self, place: int, outcome: Outcome | BaseException) -> bytes:
        answer = self._answer_to(place, outcome)
        member = b"order" if answer.status < 400 else b"error"  # noqa: PLR2004 - refusals begin there
        replayed = b"true" if isinstance(outcome, Replayed) else b"false"
        return b'{"index":%d,"status":%d,"replayed":%s,"%s":%s}' % (
            place,
            answer.status,
            replayed,
            member,
            answer.body,
        )

    def _answered(self, outcome: object) -> Answer:
        match outcome:
            case OrderInFull():
                return self._render(outcome)
            case Replayed():
                return outcome.answer
            case DomainError():
                return answer_to(self._request, problem_of(outcome))
            case _:
                log.error("request.failed", method="POST", exc_info=outcome)
                return answer_to(self._request, BUG)
