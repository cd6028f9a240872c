"""Stripe has done it and nobody heard: asking again finds it, and never does it twice."""

from dataclasses import replace

import pytest

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Surplus
from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from tests.builders import gbp
from tests.fake_stripe import FakeStripe, error
from tests.integration.stripe.calls import UNKNOWN, a_call, declined, succeeded
from tests.stripe_gateway import stripe_gateway

AUTHORISE, CAPTURE = OperationKind.AUTHORISE, OperationKind.CAPTURE
CHARGE, REFUND, VOID = OperationKind.CHARGE, OperationKind.REFUND, OperationKind.VOID

NEEDS = {CHARGE: None, AUTHORISE: None, CAPTURE: AUTHORISE, VOID: AUTHORISE, REFUND: CHARGE}


async def prepared(gateway: StripeGateway, kind: OperationKind) -> GatewayCall:
    before = NEEDS[kind]
    if before is None:
        return a_call(kind)
    begun = await gateway.carry_out(a_call(before))
    return a_call(kind, provider_payment_id=begun.provider_payment_id)


@pytest.mark.parametrize("kind", OperationKind)
async def test_what_was_done_is_found_though_its_answer_was_lost_and_its_key_is_forgotten(
    kind: OperationKind, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, kind)
    stripe.lose_next_answer = True
    assert await gateway.carry_out(call) == UNKNOWN
    stripe.forget_answers()
    asked = len(stripe.requests)

    assert await gateway.look_up(call) == succeeded("pi_1")
    assert {each.method for each in stripe.requests[asked:]} == {"GET"}


async def test_nothing_is_sent_twice_for_its_answer_and_a_look_up_may_be_tried_again(
    stripe: FakeStripe,
) -> None:
    async with stripe_gateway(stripe.url, tries=2) as gateway:
        stripe.lose_next_answer = True
        assert await gateway.carry_out(a_call(CHARGE)) == UNKNOWN
        assert [each.method for each in stripe.requests] == ["POST"]

        stripe.lose_next_answer = True
        assert await gateway.look_up(a_call(CHARGE)) == succeeded("pi_1")
        assert [each.method for each in stripe.requests[1:]] == ["GET"] * 3


@pytest.mark.parametrize("kind", OperationKind)
async def test_what_was_not_done_is_not_found_and_then_done(
    kind: OperationKind, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, kind)

    assert await gateway.look_up(call) is None
    assert await gateway.carry_out(call) == succeeded("pi_1")
    assert await gateway.look_up(call) == succeeded("pi_1")


@pytest.mark.parametrize("kind", OperationKind)
async def test_a_look_up_without_an_answer_tells_nothing(
    kind: OperationKind, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, kind)
    for refusal in (error(500, "api_error"), error(429, "api_error"), error(401, "api_error")):
        stripe.refuse_next = refusal
        assert await gateway.look_up(call) == UNKNOWN
    stripe.lose_next_answer = True
    assert await gateway.look_up(call) == UNKNOWN


async def test_while_the_search_lags_behind_the_key_keeps_a_charge_from_being_made_twice(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    stripe.lose_next_answer = stripe.search_lags = True
    assert await gateway.carry_out(a_call(CHARGE)) == UNKNOWN

    assert await gateway.look_up(a_call(CHARGE)) is None
    assert await gateway.carry_out(a_call(CHARGE)) == succeeded("pi_1")
    assert (len(stripe.intents), stripe.moved) == (1, 1050)


async def test_what_the_search_finds_is_read_as_it_is_now(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(AUTHORISE))
    stripe.intents["pi_1"] |= {"status": "canceled", "amount_capturable": 0}

    assert await gateway.look_up(a_call(AUTHORISE)) == declined("canceled", "pi_1")
    assert [each.path for each in stripe.requests[1:]] == [
        "/v1/payment_intents/search",
        "/v1/payment_intents/pi_1",
    ]
    assert stripe.requests[1].query == {"query": "metadata['reference']:'ref-authorise'"}


@pytest.mark.parametrize("others", [["canceled", "succeeded"], ["succeeded", "requires_action"]])
async def test_of_several_that_are_found_the_one_that_took_the_money_counts_and_the_rest_is_surplus(
    others: list[str], stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(CHARGE))
    first = stripe.intents["pi_1"]
    states = ["canceled", *others]
    for number, status in enumerate(states, start=1):
        stripe.intents[f"pi_{number}"] = {**first, "id": f"pi_{number}", "status": status}
    paid = [f"pi_{number}" for number, status in enumerate(states, 1) if status == "succeeded"]

    assert await gateway.look_up(a_call(CHARGE)) == succeeded(paid[0])

    stripe.intents["pi_4"] = {**first, "id": "pi_4", "status": "succeeded"}
    outcome = await gateway.look_up(a_call(CHARGE))
    assert outcome == replace(succeeded(paid[0]), surplus=(Surplus("pi_4", gbp("10.50")),))


async def test_of_several_that_are_found_none_was_declined_while_one_may_yet_take_the_money(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(CHARGE))
    first = stripe.intents["pi_1"] | {"status": "canceled"}
    stripe.intents = {"pi_1": first, "pi_2": {**first, "id": "pi_2", "status": "processing"}}

    assert await gateway.look_up(a_call(CHARGE)) == UNKNOWN


async def test_a_capture_of_another_is_not_taken_for_ours(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, CAPTURE)
    stripe.intents["pi_1"] |= {"status": "succeeded", "amount_received": 1050}

    assert await gateway.look_up(call) is None
    refused = await gateway.carry_out(call)
    assert refused == declined("payment_intent_unexpected_state", "pi_1")


async def test_a_capture_that_was_done_under_a_forgotten_key_refuses_and_counts(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, CAPTURE)
    await gateway.carry_out(call)
    stripe.forget_answers()

    assert await gateway.carry_out(call) == succeeded("pi_1")
    assert stripe.moved == 1050


async def test_an_authorisation_that_ran_out_cannot_be_captured(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    call = await prepared(gateway, CAPTURE)
    stripe.intents["pi_1"] |= {"status": "canceled", "amount_capturable": 0}

    assert await gateway.look_up(call) == declined("canceled", "pi_1")
