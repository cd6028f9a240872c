"""What the service relies on, whoever moves the money."""

import pytest

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import Outcome, OutcomeKind, PaymentGateway
from orderwright.domain.value_objects.currency import Currency
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.external_services import payments_sandbox
from orderwright.sandbox_gateway import execution
from tests.builders import gbp
from tests.gateway_calls import a_call, a_call_that_can_be_made, paid


@pytest.mark.parametrize("kind", OperationKind)
async def test_an_operation_succeeds_as_often_as_it_is_asked_and_is_found(
    gateway: PaymentGateway, kind: OperationKind
) -> None:
    call = await a_call_that_can_be_made(gateway, kind)

    first, again = await gateway.carry_out(call), await gateway.carry_out(call)

    assert first.kind is OutcomeKind.SUCCEEDED
    assert first.provider_payment_id is not None
    assert call.provider_payment_id in (None, first.provider_payment_id)
    assert (again, await gateway.look_up(call)) == (first, first)


@pytest.mark.parametrize("token", payments_sandbox.DECLINING_TOKENS)
@pytest.mark.parametrize("kind", [OperationKind.CHARGE, OperationKind.AUTHORISE])
async def test_a_declined_payment_stays_declined_and_is_found_so(
    gateway: PaymentGateway, kind: OperationKind, token: str
) -> None:
    call = a_call(kind, token=token)

    first, again = await gateway.carry_out(call), await gateway.carry_out(call)

    assert (first.kind, first.error_code) == (
        OutcomeKind.DECLINED,
        payments_sandbox.DECLINING_TOKENS[token],
    )
    assert (again, await gateway.look_up(call)) == (first, first)


async def test_money_is_captured_and_given_back_in_parts(generous: PaymentGateway) -> None:
    payment = await paid(generous, a_call(OperationKind.AUTHORISE))
    done = Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id=payment)
    parts = [
        a_call(kind, provider_payment_id=payment, amount=gbp(amount))
        for kind in (OperationKind.CAPTURE, OperationKind.REFUND)
        for amount in ("4.49", "6.01")
    ]

    outcomes = [await generous.carry_out(part) for part in parts]

    assert outcomes == [done] * 4
    assert [await generous.look_up(part) for part in parts] == [done] * 4


@pytest.mark.parametrize(
    ("code", "amount"), [("JPY", "500"), ("KWD", "1.230"), ("ISK", "5"), ("GBP", "0.01")]
)
async def test_a_currency_of_any_decimals_goes_through_exactly(
    gateway: PaymentGateway, code: str, amount: str
) -> None:
    await goes_through(gateway, code, amount)


@pytest.mark.parametrize(("code", "amount"), [("KWD", "1.234"), ("CLF", "0.0001")])
async def test_any_currency_goes_through_to_its_last_decimal(
    generous: PaymentGateway, code: str, amount: str
) -> None:
    await goes_through(generous, code, amount)


async def goes_through(gateway: PaymentGateway, code: str, amount: str) -> None:
    call = a_call(amount=Money.parse(amount, Currency.of(code)))

    assert (await gateway.carry_out(call)).kind is OutcomeKind.SUCCEEDED
    found = await gateway.look_up(call)
    assert found is not None
    assert found.kind is OutcomeKind.SUCCEEDED


def test_both_sandboxes_decline_the_same_tokens() -> None:
    assert execution.DECLINING_TOKENS == payments_sandbox.DECLINING_TOKENS
