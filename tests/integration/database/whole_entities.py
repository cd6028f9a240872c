"""One of every entity with no field left at its default, in an order that respects references."""

from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import Any, Final

from orderwright.domain.entities.api_key import ApiKey
from orderwright.domain.entities.attachment import Attachment
from orderwright.domain.entities.customer import Customer
from orderwright.domain.entities.location import Location
from orderwright.domain.entities.order import FulfilmentStatus, Order
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.order_parts import Adjustment, AdjustmentKind, OrderItem
from orderwright.domain.entities.payment import Payment
from orderwright.domain.entities.payment_operation import (
    OperationKind,
    OperationState,
    PaymentOperation,
)
from orderwright.domain.entities.payment_status import PaymentState, PaymentStatus
from orderwright.domain.entities.product import Product
from orderwright.domain.entities.refresh_token import RefreshToken
from orderwright.domain.entities.refund import Refund, RefundLine, RefundStatus
from orderwright.domain.entities.reservation import Reservation, ReservationState
from orderwright.domain.entities.return_ import Return, ReturnLine, ReturnStatus
from orderwright.domain.entities.shipment import Shipment, ShipmentLine, ShipmentStatus
from orderwright.domain.entities.sign_in_tally import SignInTally
from orderwright.domain.entities.stock import StockLevel
from orderwright.domain.entities.task import Task, TaskState
from orderwright.domain.entities.user import User
from orderwright.domain.entities.webhook_endpoint import (
    DisabledBecause,
    EndpointStatus,
    Envelope,
    PayloadStyle,
    WebhookEndpoint,
)
from orderwright.domain.value_objects.address import Address
from orderwright.domain.value_objects.event_filter import EventFilter
from orderwright.domain.value_objects.money import Money, UnitPrice
from orderwright.domain.value_objects.permission import Permission
from tests.builders import KWD, NOW

LATER: Final = NOW + timedelta(hours=3, microseconds=7)
TEXT: Final = "Zoë's ½ “naïve” \N{GRINNING FACE} 100 % 'quoted'; --"
DOCUMENT: Final[dict[str, object]] = {"z": [1, None, "ä"], "a": {"exact": "0.10"}}
RIGHTS: Final = frozenset({Permission.ORDERS_READ, Permission.PAYMENTS_WRITE})


def kwd(minor: int) -> Money:
    """Dinars: three decimals, so that no default of two can hide."""
    return Money(minor, KWD)


ADDRESS: Final = Address(
    name=TEXT,
    company="Example Ltd",
    line1="1 High Street",
    line2="Back door",
    city="London",
    region="Greater London",
    postal_code="N1 1AA",
    country="GB",
    phone="+44 20 0000 0000",
)


def whole_entities() -> list[Any]:
    return [*_catalogue(), *_order(), *_money(), *_fulfilment(), *_access()]


def _catalogue() -> list[Any]:
    return [
        Customer(
            id=11,
            name=TEXT,
            email="Ada@Example.org",
            external_ref="C-1",
            metadata=DOCUMENT,
            created_at=NOW,
            updated_at=LATER,
            version=2,
        ),
        Product(
            id=12,
            sku="SKU-1",
            name=TEXT,
            price=UnitPrice(99_999_999_999_999, KWD),
            currency=KWD,
            active=False,
            track_inventory=False,
            backorder=True,
            created_at=NOW,
            updated_at=LATER,
            version=3,
        ),
        Location(id=13, name="Annexe", created_at=LATER, version=4),
        StockLevel(
            id=14,
            product_id=12,
            location_id=13,
            on_hand=10**12,
            reserved=10**12 + 1,
            backorder=True,
            version=5,
        ),
    ]


def _order() -> list[Any]:
    item = OrderItem(
        id=1,
        product_id=12,
        sku="SKU-1",
        name=TEXT,
        quantity=5,
        unit_price=UnitPrice(25_555, KWD),
        line_total=kwd(12_778),
        currency=KWD,
        track_inventory=True,
        shipped=4,
        returned=3,
        refunded=2,
    )
    adjustment = Adjustment(
        position=1,
        kind=AdjustmentKind.DISCOUNT,
        label="Sale",
        amount=kwd(-778),
        currency=KWD,
    )
    order = Order(
        id=15,
        customer_id=11,
        currency=KWD,
        total=kwd(12_000),
        items=[item],
        adjustments=[adjustment],
        channel="web",
        created_at=NOW,
        updated_at=LATER,
        status=OrderStatus.CONFIRMED,
        payment_status=PaymentStatus.PARTIALLY_REFUNDED,
        fulfilment_status=FulfilmentStatus.PARTIALLY_FULFILLED,
        reference="W-1",
        notes=TEXT,
        shipping_address=ADDRESS,
        billing_address=Address(name="Bill"),
        metadata=DOCUMENT,
        cancellation_requested_at=LATER,
        cancellation_reason="too slow",
        version=6,
    )
    reservation = Reservation(
        order_id=15,
        item_id=1,
        product_id=12,
        location_id=13,
        quantity=0,
        state=ReservationState.SHIPPED,
    )
    return [order, reservation]


def _money() -> list[Any]:
    operation = PaymentOperation(
        id="operation-1",
        payment_id="payment-1",
        kind=OperationKind.REFUND,
        amount=kwd(1_000),
        currency=KWD,
        planned_at=NOW,
        state=OperationState.UNKNOWN,
        sends=2,
        first_sent_at=NOW,
        sent_at=LATER,
        due_at=LATER,
        attention_at=LATER,
        finished_at=LATER,
        error_code="card_declined",
    )
    payment = Payment(
        id="payment-1",
        order_id=15,
        provider="sandbox",
        amount=kwd(12_000),
        authorised=kwd(11_000),
        captured=kwd(10_000),
        refunded=kwd(9_000),
        refunding=kwd(1_000),
        currency=KWD,
        created_at=NOW,
        updated_at=LATER,
        status=PaymentState.PARTIALLY_REFUNDED,
        token="tok_visa",
        provider_payment_id="provider-1",
        operations=[operation],
    )
    return [payment]


def _fulfilment() -> list[Any]:
    shipment = Shipment(
        id="shipment-1",
        order_id=15,
        items=[ShipmentLine(item_id=1, quantity=4)],
        created_at=NOW,
        carrier="Northern Parcel",
        tracking_number="NP1",
        status=ShipmentStatus.DELIVERED,
        delivered_at=LATER,
    )
    return_ = Return(
        id="return-1",
        order_id=15,
        items=[ReturnLine(item_id=1, quantity=3, restock=True)],
        created_at=NOW,
        reason="chipped",
        status=ReturnStatus.RECEIVED,
        received_at=LATER,
    )
    attachment = Attachment(
        id="attachment-1",
        order_id=15,
        filename="Lieferschein.pdf",
        content_type="application/pdf",
        size=1_234,
        sha256="0a" * 32,
        created_at=LATER,
    )
    refund = Refund(
        id="refund-1",
        order_id=15,
        payment_id="payment-1",
        operation_id="operation-1",
        amount=kwd(1_000),
        currency=KWD,
        created_at=NOW,
        reason="chipped",
        return_id="return-1",
        restock=True,
        items=[RefundLine(item_id=1, quantity=2)],
        status=RefundStatus.FAILED,
    )
    return [shipment, return_, refund, attachment]


def _access() -> list[Any]:
    return [
        Task(
            id="task-1",
            name="process_order",
            payload=DOCUMENT,
            created_at=NOW,
            due_at=LATER,
            dedupe_key="process_order:15",
            order_id=15,
            correlation_id="request-1",
            state=TaskState.DEAD,
            attempts=4,
            fence=5,
            lease_until=LATER,
            finished_at=LATER,
            result=DOCUMENT,
            error={"code": "crashed"},
        ),
        User(
            id=16,
            username="ada",
            password_hash="$argon2id$hash",
            permissions=RIGHTS,
            created_at=NOW,
            email="ada@example.org",
            active=False,
            token_generation=2,
            version=7,
        ),
        ApiKey(
            id=17,
            name="shop",
            lookup="lookup",
            secret_hash="hash",
            permissions=RIGHTS,
            created_at=NOW,
            revoked_at=LATER,
            version=8,
        ),
        WebhookEndpoint(
            id=18,
            url="https://shop.example/hooks",
            description=TEXT,
            events=EventFilter(("order.*", "product.created")),
            payload=PayloadStyle.THIN,
            envelope=Envelope.CLOUDEVENTS,
            secret="sealed",
            created_at=NOW,
            updated_at=LATER,
            status=EndpointStatus.DISABLED,
            disabled_reason=DisabledBecause.FAILING,
            disabled_at=LATER,
            former_secret="sealed before",
            former_secret_until=LATER,
            failing_since=NOW,
            version=9,
        ),
        RefreshToken(
            id="token-1",
            family_id="family-1",
            user_id=16,
            token_hash="hash",
            created_at=NOW,
            expires_at=LATER,
            used_at=LATER,
            revoked_at=LATER,
        ),
        SignInTally(subject="hash", failures=17, wait_until=LATER, expires_at=LATER),
    ]


def without_optionals(entity: Any) -> Any:
    """The same with nothing where nothing is allowed."""
    optional = [field.name for field in fields(entity) if field.default is None]
    return replace(entity, **{name: None for name in optional if name != "id"})


def as_told(value: Any) -> Any:
    """Everything a dataclass says of itself, down to the last part, for comparison."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_told(getattr(value, field.name)) for field in fields(value)}
    return [as_told(each) for each in value] if isinstance(value, list) else value


def left_at_default(entity: Any) -> list[str]:
    """Fields, of parts too, that would look the same had nobody stored them."""
    return [
        f"{type(entity).__name__}.{field.name}"
        for field in fields(entity)
        if getattr(entity, field.name) in (field.default, [], {})
    ] + [
        name
        for field in fields(entity)
        if isinstance(parts := getattr(entity, field.name), list)
        for part in parts
        for name in left_at_default(part)
    ]
