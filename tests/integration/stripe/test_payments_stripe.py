"""What is asked of Stripe, member by member, and what its answers are taken for."""

from dataclasses import replace
from datetime import timedelta

import pytest

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall, GatewayTraits, OutcomeKind
from orderwright.domain.value_objects.money import Money
from orderwright.infrastructure.external_services.payments_stripe import StripeGateway
from orderwright.infrastructure.system.watched_dependency import NotServed
from tests.builders import JPY, KWD, gbp
from tests.fake_stripe import FakeStripe, Reply, error
from tests.integration.stripe.calls import (
    UNKNOWN,
    a_call,
    declined,
    not_executed,
    succeeded,
)
from tests.stripe_gateway import KEY, stripe_gateway

AUTHORISE, CAPTURE = OperationKind.AUTHORISE, OperationKind.CAPTURE
CHARGE, REFUND, VOID = OperationKind.CHARGE, OperationKind.REFUND, OperationKind.VOID


async def begun(gateway: StripeGateway, kind: OperationKind) -> str:
    """The payment intent of a charge or an authorisation that succeeded."""
    outcome = await gateway.carry_out(a_call(kind))
    assert outcome.kind is OutcomeKind.SUCCEEDED
    assert outcome.provider_payment_id is not None
    return outcome.provider_payment_id


async def test_what_is_known_of_its_keys_and_look_ups_is_declared(gateway: StripeGateway) -> None:
    assert gateway.name == "stripe"
    assert gateway.traits == GatewayTraits(
        key_lifetime=timedelta(hours=24), can_look_up=True, stores_errors=True
    )


async def test_a_charge_is_one_intent_confirmed_at_once(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    outcome = await gateway.carry_out(a_call(CHARGE))

    assert outcome == succeeded("pi_1")
    (asked,) = stripe.requests
    assert (asked.method, asked.path, asked.query) == ("POST", "/v1/payment_intents", {})
    assert asked.form == {
        "amount": "1050",
        "currency": "gbp",
        "capture_method": "automatic",
        "confirm": "true",
        "payment_method_types[0]": "card",
        "error_on_requires_action": "true",
        "metadata[reference]": "ref-charge",
        "metadata[order_id]": "7",
        "payment_method": "pm_card_visa",
    }
    said = {name: asked.headers[name] for name in ("authorization", "idempotency-key")}
    assert said == {"authorization": f"Bearer {KEY}", "idempotency-key": "ref-charge"}
    assert asked.headers["stripe-version"] == "2025-03-31.basil"
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"


async def test_a_card_token_is_sent_as_the_data_of_a_payment_method(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(CHARGE, token="tok_visa"))

    form = stripe.requests[0].form
    assert (form["payment_method_data[type]"], form["payment_method_data[card][token]"]) == (
        "card",
        "tok_visa",
    )
    assert "payment_method" not in form


async def test_an_authorisation_is_captured_in_part_and_the_rest_is_let_go(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    intent = await begun(gateway, AUTHORISE)
    captured = await gateway.carry_out(
        a_call(CAPTURE, provider_payment_id=intent, amount=gbp("4.00"))
    )
    let_go = await gateway.carry_out(a_call(VOID, provider_payment_id=intent, amount=gbp("6.50")))

    assert (captured, let_go) == (succeeded(intent), succeeded(intent))
    authorise, capture, void = stripe.requests
    assert authorise.form["capture_method"] == "manual"
    assert capture.path == f"/v1/payment_intents/{intent}/capture"
    assert capture.form == {
        "amount_to_capture": "400",
        "metadata[capture_reference]": "ref-capture",
    }
    assert (void.path, void.form) == (f"/v1/payment_intents/{intent}/cancel", {})
    assert [each.headers["idempotency-key"] for each in (capture, void)] == [
        "ref-capture",
        "ref-void",
    ]
    assert stripe.moved == 400


async def test_an_authorisation_is_voided(stripe: FakeStripe, gateway: StripeGateway) -> None:
    intent = await begun(gateway, AUTHORISE)

    outcome = await gateway.carry_out(a_call(VOID, provider_payment_id=intent))

    assert outcome == succeeded(intent)
    assert stripe.intents[intent]["status"] == "canceled"


async def test_what_was_captured_cannot_be_voided(gateway: StripeGateway) -> None:
    intent = await begun(gateway, CHARGE)

    outcome = await gateway.carry_out(a_call(VOID, provider_payment_id=intent))

    assert outcome == declined("payment_intent_unexpected_state", intent)


async def test_a_charge_is_refunded_in_parts_and_not_beyond(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    intent = await begun(gateway, CHARGE)
    parts = [
        await gateway.carry_out(
            a_call(REFUND, reference=f"r{n}", provider_payment_id=intent, amount=gbp(amount))
        )
        for n, amount in enumerate(("4.00", "6.50", "0.01"))
    ]

    assert parts == [succeeded(intent), succeeded(intent), declined("charge_already_refunded")]
    assert stripe.requests[1].path == "/v1/refunds"
    assert stripe.requests[1].form == {
        "payment_intent": intent,
        "amount": "400",
        "metadata[reference]": "r0",
        "metadata[order_id]": "7",
    }
    assert stripe.moved == 0


@pytest.mark.parametrize(
    ("amount", "sent"), [(Money.parse("500", JPY), "500"), (Money.parse("5.120", KWD), "5120")]
)
async def test_amounts_are_in_the_unit_of_their_currency(
    amount: Money, sent: str, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    outcome = await gateway.carry_out(a_call(CHARGE, amount=amount))

    assert outcome == succeeded("pi_1")
    assert stripe.requests[0].form["amount"] == sent


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (a_call(CHARGE, amount=Money.parse("5.124", KWD)), "amount_not_supported"),
        (a_call(CHARGE, token=None), "payment_method_missing"),
        (a_call(CAPTURE), "payment_intent_missing"),
    ],
)
async def test_what_stripe_cannot_be_asked_for_is_declined_without_asking(
    call: GatewayCall, code: str, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    assert await gateway.carry_out(call) == declined(code)
    assert stripe.requests == []


async def test_a_card_is_declined_with_the_reason_of_its_bank(gateway: StripeGateway) -> None:
    call = a_call(CHARGE, token="pm_declined")

    assert await gateway.carry_out(call) == declined("lost_card", "pi_1")
    assert await gateway.look_up(call) == declined("lost_card", "pi_1")


REFUSALS = [
    (error(402, "card_error", "card_declined"), declined("card_declined")),
    (error(402, "card_error", "authentication_required"), declined("authentication_required")),
    (error(400, "invalid_request_error", "amount_too_small"), declined("amount_too_small")),
    (error(404, "invalid_request_error"), declined("invalid_request_error")),
    (error(402, "card_error", "c" * 65), declined("card_error")),
    (
        error(402, "card_error", "no\ncode", payment_intent={"id": "p" * 256}),
        declined("card_error"),
    ),
    (error(429, "invalid_request_error", "rate_limit"), not_executed()),
    (error(429, "invalid_request_error", "lock_timeout"), not_executed()),
    (error(409, "invalid_request_error", "lock_timeout"), UNKNOWN),
    (Reply(429, b"", {"Retry_After": "7"}), not_executed(retry_after_s=7.0)),
    (error(401, "invalid_request_error"), not_executed(error_code="invalid_request_error")),
    (
        error(403, "invalid_request_error", "more_permissions_required"),
        not_executed(error_code="more_permissions_required"),
    ),
    (error(409, "idempotency_error", "idempotency_key_in_use"), UNKNOWN),
    (error(400, "idempotency_error"), UNKNOWN),
    (error(500, "api_error"), UNKNOWN),
    (error(503, "api_error"), UNKNOWN),
    (error(424, "invalid_request_error"), UNKNOWN),
    (Reply(400, b"<html>a proxy in between</html>"), UNKNOWN),
    (Reply(400, b'{"error": {"type": []}}'), UNKNOWN),
    (Reply(302, b"", {"Location": "http://127.0.0.1:9/"}), UNKNOWN),
]


@pytest.mark.parametrize(("refusal", "outcome"), REFUSALS)
async def test_only_a_clear_refusal_is_taken_for_one(
    refusal: Reply, outcome: object, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    stripe.refuse_next = refusal

    assert await gateway.carry_out(a_call(CHARGE)) == outcome
    assert len(stripe.requests) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": 1049},
        {"amount_received": 1049},
        {"amount_received": "1050"},
        {"currency": "usd"},
        {"object": "charge"},
        {"id": None},
        {"id": "pi_" + "1" * 253},
        {"metadata": {"reference": "another"}},
        {"metadata": None},
        {"status": "processing"},
        {"status": "requires_capture"},
        {"status": "requires_confirmation"},
        {"status": "unheard_of"},
    ],
)
async def test_a_success_that_is_not_the_whole_of_what_was_asked_is_not_believed(
    changed: dict[str, object], stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(CHARGE))
    stripe.answer_next = Reply.of(200, stripe.intents["pi_1"] | changed)

    assert await gateway.carry_out(a_call(CHARGE)) == UNKNOWN


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
async def test_a_success_that_cannot_be_read_is_unknown(
    body: bytes, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    stripe.refuse_next = Reply(200, body)
    assert await gateway.carry_out(a_call(CHARGE)) == UNKNOWN

    stripe.refuse_next = Reply(200, body)
    assert await gateway.look_up(a_call(CHARGE)) == UNKNOWN


async def test_a_payment_that_wants_the_customer_to_act_is_declined(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.carry_out(a_call(CHARGE))
    stripe.answer_next = Reply.of(200, stripe.intents["pi_1"] | {"status": "requires_action"})

    outcome = await gateway.carry_out(a_call(CHARGE))

    assert outcome == declined("authentication_required", "pi_1")


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({"status": "pending"}, UNKNOWN),
        ({"status": "requires_action"}, UNKNOWN),
        ({"status": "failed", "failure_reason": "lost_card"}, declined("lost_card", "pi_1")),
        ({"status": "canceled"}, declined("canceled", "pi_1")),
        ({"status": "failed", "failure_reason": "r" * 65}, declined("declined", "pi_1")),
        ({"amount": 1}, UNKNOWN),
        ({"currency": "usd"}, UNKNOWN),
        ({"payment_intent": "pi_2"}, UNKNOWN),
        ({"metadata": {"reference": "another"}}, UNKNOWN),
    ],
)
async def test_a_refund_is_there_when_it_has_arrived(
    changed: dict[str, object], outcome: object, stripe: FakeStripe, gateway: StripeGateway
) -> None:
    intent = await begun(gateway, CHARGE)
    call = a_call(REFUND, provider_payment_id=intent)
    await gateway.carry_out(call)
    (refund,) = stripe.refunds.values()
    stripe.answer_next = Reply.of(200, refund | changed)

    assert await gateway.carry_out(call) == outcome


async def test_nobody_there_is_not_executed_and_an_open_circuit_says_for_how_long() -> None:
    async with stripe_gateway("http://127.0.0.1:9") as gateway:
        outcomes = [await gateway.carry_out(a_call(CHARGE)) for _ in range(4)]

        assert outcomes == [*[not_executed()] * 3, not_executed(retry_after_s=30)]
        assert await gateway.look_up(a_call(CHARGE)) == replace(UNKNOWN, retry_after_s=30)


async def test_a_probe_reads_one_payment_intent_and_tells_a_wrong_key(
    stripe: FakeStripe, gateway: StripeGateway
) -> None:
    await gateway.probe()
    stripe.refuse_next = error(401, "invalid_request_error")

    with pytest.raises(NotServed, match="answered 401"):
        await gateway.probe()

    assert [(r.method, r.path, r.query) for r in stripe.requests] == [
        ("GET", "/v1/payment_intents", {"limit": "1"})
    ] * 2
