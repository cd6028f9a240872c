"""What is asked of Stripe for each kind of operation: a path and the fields of a form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall
from orderwright.infrastructure.external_services.stripe_amounts import (
    stripe_amount,
    stripe_currency,
)
from orderwright.infrastructure.external_services.stripe_answers import (
    CAPTURE_REFERENCE,
    REFERENCE,
)

Fields = Sequence[tuple[str, str]]

_TAKES_MONEY: Final = {OperationKind.CHARGE: "automatic", OperationKind.AUTHORISE: "manual"}
# A card's token, made before there were payment methods.
_OF_A_CARD: Final = "tok_"


class NothingToAsk(Exception):
    """The operation lacks what Stripe would need; `code` says what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def request_of(call: GatewayCall) -> tuple[str, Fields]:
    """Raises: NothingToAsk, AmountNotSupported."""
    if call.kind in _TAKES_MONEY:
        return "/payment_intents", [*_intent(call), *_method(call.token)]
    if call.provider_payment_id is None:
        raise NothingToAsk("payment_intent_missing")
    intent = f"/payment_intents/{quote(call.provider_payment_id, safe='')}"
    match call.kind:
        case OperationKind.CAPTURE:
            return f"{intent}/capture", _capture(call)
        case OperationKind.VOID:
            return f"{intent}/cancel", []
        case _:
            return "/refunds", _refund(call, call.provider_payment_id)


def _intent(call: GatewayCall) -> Fields:
    return [
        ("amount", str(stripe_amount(call.amount))),
        ("currency", stripe_currency(call.amount)),
        ("capture_method", _TAKES_MONEY[call.kind]),
        ("confirm", "true"),
        # Cards alone are decided at once; nobody is there whom a page could send to their bank.
        ("payment_method_types[0]", "card"),
        ("error_on_requires_action", "true"),
        (f"metadata[{REFERENCE}]", call.reference),
        ("metadata[order_id]", str(call.order_id)),
    ]


def _method(token: str | None) -> Fields:
    if token is None:
        raise NothingToAsk("payment_method_missing")
    if token.startswith(_OF_A_CARD):
        return [("payment_method_data[type]", "card"), ("payment_method_data[card][token]", token)]
    return [("payment_method", token)]


def _capture(call: GatewayCall) -> Fields:
    return [
        ("amount_to_capture", str(stripe_amount(call.amount))),
        (f"metadata[{CAPTURE_REFERENCE}]", call.reference),
    ]


def _refund(call: GatewayCall, intent_id: str) -> Fields:
    return [
        ("payment_intent", intent_id),
        ("amount", str(stripe_amount(call.amount))),
        (f"metadata[{REFERENCE}]", call.reference),
        ("metadata[order_id]", str(call.order_id)),
    ]
