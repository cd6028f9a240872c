"""The same with objects that have all the members of Stripe's own samples, where these are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from orderwright.domain.entities.payment_operation import OperationKind
from tests.fake_stripe import SAMPLES, fake_stripe
from tests.integration.stripe.calls import a_call, declined, succeeded
from tests.stripe_gateway import stripe_gateway


@pytest.fixture
def real_samples(shared_data: Path) -> dict[str, Any]:
    file = shared_data / "api-orders" / "stripe" / "fixtures3.json"
    if not file.is_file():
        pytest.skip(f"NOT TESTED ON REAL SHAPES: no {file}")
    samples: dict[str, Any] = json.loads(file.read_text())["resources"]
    return samples


def test_the_made_up_samples_have_no_member_that_the_real_ones_lack(
    real_samples: dict[str, Any],
) -> None:
    for kind, made_up in SAMPLES.items():
        real = real_samples[kind]
        assert set(made_up) <= set(real)
        assert made_up["object"] == real["object"] == kind
        assert type(real["amount"]) is type(made_up["amount"]) is int


async def test_a_payment_in_real_shapes_is_made_captured_refunded_and_found(
    real_samples: dict[str, Any],
) -> None:
    async with fake_stripe(real_samples) as stripe, stripe_gateway(stripe.url) as gateway:
        steps = [a_call(kind) for kind in (OperationKind.AUTHORISE, OperationKind.CAPTURE)]
        steps += [a_call(OperationKind.REFUND)]
        for step in steps:
            call = a_call(step.kind, provider_payment_id="pi_1" if stripe.intents else None)
            assert await gateway.carry_out(call) == succeeded("pi_1")
            if step.kind is not OperationKind.AUTHORISE:
                assert await gateway.look_up(call) == succeeded("pi_1")

        refused = a_call(OperationKind.CHARGE, reference="other", token="pm_declined")
        assert await gateway.carry_out(refused) == declined("lost_card", "pi_3")
        assert stripe.moved == 0
        assert len(stripe.intents["pi_1"]) == len(real_samples["payment_intent"])
