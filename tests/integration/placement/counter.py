"""Orders as they come over the counter: placed in groups, below HTTP, with answers that tests can read."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from orderwright.application.commands.place_order import PlaceOrder
from orderwright.application.placement.requests import Outcome, PlacementRequest
from orderwright.application.services.pricing import WantedItem
from orderwright.domain.errors import DomainError
from orderwright.domain.interfaces.order_reader import OrderInFull
from orderwright.domain.interfaces.requests import Answer, KeyedRequest, Replayed, RequestContext
from orderwright.domain.value_objects.actor import Actor
from orderwright.domain.value_objects.permission import Permission
from tests.back_office import BackOffice

CALLER = Actor("api_key:1", frozenset({Permission.ORDERS_WRITE}))


def answer_of(result: object) -> Answer:
    match result:
        case OrderInFull():
            return Answer(201, {"content-type": "text/plain"}, str(result.order.id).encode())
        case DomainError():
            return Answer(409, {}, result.code.encode())
        case _:
            raise AssertionError(result)


def _fingerprint(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass
class Counter:
    office: BackOffice
    _numbers: Iterator[int] = field(default_factory=count)

    def request(
        self,
        customer_id: int,
        *items: tuple[int, int],
        key: str | None = None,
        said: str | None = None,
        reference: str | None = None,
        pay_now: bool = False,
        now: datetime | None = None,
    ) -> PlacementRequest:
        """`items` are products and quantities; `said` is what makes the request differ from others
        with its `key`."""
        command = PlaceOrder(
            customer_id=customer_id,
            items=[WantedItem(product_id=product, quantity=many) for product, many in items],
            reference=reference,
            pay_now=pay_now,
        )
        keyed = None
        if key is not None:
            keyed = KeyedRequest(
                key=key, fingerprint=_fingerprint(said or repr(command)), render=answer_of
            )
        context = RequestContext(
            actor=CALLER, correlation_id=f"c-{next(self._numbers)}", request=keyed
        )
        return PlacementRequest(command, context, now or self.office.clock.now())

    async def place(self, *requests: PlacementRequest) -> list[str]:
        return told(await self.office.placing.place_all(requests))


def told(outcomes: Sequence[Outcome]) -> list[str]:
    """`placed 3`, `again 3` for a repetition that hears so, or the code of a refusal."""
    return [_word(outcome) for outcome in outcomes]


def _word(outcome: Outcome) -> str:
    match outcome:
        case OrderInFull():
            return f"placed {outcome.order.id}"
        case Replayed():
            return f"again {outcome.answer.body.decode()}"
        case DomainError():
            return outcome.code
        case _:
            return type(outcome).__name__
