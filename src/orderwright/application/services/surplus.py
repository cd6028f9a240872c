"""Money that the gateway took once more than it was asked to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from orderwright.application.services.asking import Sent
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.events.payment import PaymentMadeTwice
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, Surplus


def made_again(
    order: Order,
    payments: Sequence[Payment],
    results: Sequence[tuple[Sent, Outcome]],
    *,
    ids: Ids,
    now: datetime,
) -> Iterator[Payment]:
    """Payments of their own for what is not known yet; the caller keeps them."""
    known = {payment.provider_payment_id for payment in payments}
    by_id = {payment.id: payment for payment in payments}
    for sent, outcome in results:
        for surplus in _of_one_reference(sent, outcome):
            if surplus.provider_payment_id in known:
                continue
            known.add(surplus.provider_payment_id)
            first, kind = by_id[sent.payment_id], sent.call.kind
            again = Payment.made_twice(first, kind, surplus, ids=ids, now=now)
            made_twice = PaymentMadeTwice(
                payment_id=again.id,
                amount=again.amount,
                operation=str(kind),
                provider_payment_id=surplus.provider_payment_id,
            )
            order.note(made_twice, now)
            yield again


def _of_one_reference(sent: Sent, outcome: Outcome) -> Iterator[Surplus]:
    """All payments that the gateway made, where it made several. Which of them it names first may
    differ from what another process was told, and has recorded."""
    if outcome.surplus and outcome.provider_payment_id is not None:
        yield Surplus(outcome.provider_payment_id, sent.call.amount)
    yield from outcome.surplus
