"""Bytes made by hand say what the documented model says, to the byte."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from orderwright.api.wire.order_bytes import order_bytes
from orderwright.api.wire.orders import OrderJson
from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import AdjustmentKind
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.interfaces.order_reader import AdjustmentView, OrderItemView, OrderView
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import MINOR_MAX, Money, UnitPrice
from tests.builders import CLF, GBP, JPY, KWD

_INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1)
_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
_MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001 - the zones are the strategy's
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
)
_SCALARS = st.none() | st.booleans() | _INT64 | _TEXT
_METADATA = st.dictionaries(
    _TEXT,
    st.recursive(
        _SCALARS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


def _order(
    *, number: int, minor: int, currency: Currency, text: str, moment: datetime, metadata: Any
) -> OrderView:
    amount = Money(minor, currency)
    item = OrderItemView(
        id=number,
        product_id=number,
        sku=text,
        name=text,
        quantity=number,
        unit_price=UnitPrice(abs(minor), currency),
        line_total=amount,
        shipped=number,
        returned=number,
    )
    return OrderView(
        id=number,
        status=list(OrderStatus)[number % len(OrderStatus)],
        payment_status=list(PaymentStatus)[number % len(PaymentStatus)],
        fulfilment_status=list(FulfilmentStatus)[number % len(FulfilmentStatus)],
        customer_id=number,
        currency=currency,
        total=amount,
        channel=text,
        reference=text or None,
        notes=text or None,
        shipping_address=Address(name=text, country="GB") if text else None,
        billing_address=Address(phone=text) if text else None,
        metadata=metadata,
        cancellation_requested_at=moment if text else None,
        cancellation_reason=text or None,
        created_at=moment,
        updated_at=moment,
        version=number,
        items=(item,) * (number % 3),
        adjustments=(AdjustmentView(kind=AdjustmentKind.FEE, label=text, amount=amount),)
        * (number % 2),
    )


@given(
    number=_INT64,
    minor=st.integers(-MINOR_MAX, MINOR_MAX),
    currency=st.sampled_from([GBP, JPY, KWD, CLF]),
    text=_TEXT,
    moment=_MOMENTS,
    metadata=_METADATA,
)
def test_they_are_those_of_the_documented_model(
    *, number: int, minor: int, currency: Currency, text: str, moment: datetime, metadata: Any
) -> None:
    order = _order(
        number=number,
        minor=minor,
        currency=currency,
        text=text,
        moment=moment,
        metadata=metadata,
    )

    documented = OrderJson.model_validate(order).model_dump_json().encode()

    assert order_bytes(order) == documented
