"""Money that the gateway took once more than it was asked to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from orderwright.application.services.asking import Sent
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import BEGINS
from orderwright.domain.events.payment import PaymentMadeTwice
from orderwright.domain.interfaces.ids import Ids
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, Surplus


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
        first, kind = by_id[sent.payment_id], sent.call.kind
        for surplus in _of_one_reference(sent, outcome, first):
            if surplus.provider_payment_id in known:
                continue
            known.add(surplus.provider_payment_id)
            again = Payment.made_twice(first, kind, surplus, ids=ids, now=now)
            made_twice = PaymentMadeTwice(
                payment_id=again.id,
                amount=again.amount,
                operation=str(kind),
                provider_payment_id=surplus.provider_payment_id,
            )
            order.note(made_twice, now)
            yield again


def _of_one_reference(sent: Sent, outcome: Outcome, first: Payment) -> Iterator[Surplus]:
    """All payments that the gateway is known to have made. Which of them it names first may differ from
    what another process was told, and has recorded; and two who asked at once may each have been told
    of one of their own. Of which payment a person spoke who named none is not known."""
    made = outcome.provider_payment_id
    is_made = outcome.kind is OutcomeKind.SUCCEEDED and sent.call.kind in BEGINS
    if is_made and made is not None and first.provider_payment_id is not None:
        yield Surplus(made, sent.call.amount)
    yield from outcome.surplus
