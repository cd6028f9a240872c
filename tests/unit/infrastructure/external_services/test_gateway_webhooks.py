"""Who may tell of payments: nobody but who has the secret, and not yesterday's words."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwright.domain.interfaces.gateway_webhooks import (
    BadWebhookSignature,
    GatewayEvent,
    GatewayWebhooks,
    UnreadableWebhook,
)
from orderwright.infrastructure.external_services.gateway_webhooks import (
    StandardWebhooks,
    StripeWebhooks,
    webhooks_by_provider,
)
from tests.builders import NOW
from tests.webhooks import (
    NEW_KEY,
    NEW_SECRET,
    OLD_KEY,
    OLD_SECRET,
    signed,
    signed_by_stripe,
    told,
    told_by_stripe,
)

BODY = told("op-1")
MINUTE = timedelta(minutes=1)
Sign = Callable[[bytes, datetime], dict[str, str]]
BOTH = pytest.mark.parametrize(
    ("kind", "sign"), [(StandardWebhooks, signed), (StripeWebhooks, signed_by_stripe)]
)


def refuses(
    webhooks: GatewayWebhooks,
    headers: Mapping[str, str],
    body: bytes = BODY,
    now: datetime = NOW,
) -> bool:
    try:
        webhooks.check(headers, body, now=now)
    except BadWebhookSignature:
        return True
    return False


def test_the_published_example_of_standard_webhooks_is_good() -> None:
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    webhooks = StandardWebhooks(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])

    webhooks.check(
        headers, b'{"test": 2432232314}', now=datetime(2021, 2, 25, 15, 2, 10, tzinfo=UTC)
    )


@BOTH
def test_a_signature_is_good_for_five_minutes_either_way(
    kind: Callable[[list[str]], GatewayWebhooks], sign: Sign
) -> None:
    webhooks = kind([OLD_SECRET])

    for off in (-5 * MINUTE, timedelta(0), 5 * MINUTE):
        webhooks.check(sign(BODY, NOW), BODY, now=NOW + off)
    for off in (-5 * MINUTE, 5 * MINUTE):
        further = off + off / 300
        assert refuses(webhooks, sign(BODY, NOW), now=NOW + further)


@BOTH
def test_a_body_that_was_touched_is_refused(
    kind: Callable[[list[str]], GatewayWebhooks], sign: Sign
) -> None:
    webhooks = kind([OLD_SECRET])

    assert refuses(webhooks, sign(BODY, NOW), BODY + b" ")
    assert refuses(webhooks, sign(BODY, NOW), BODY.replace(b"op-1", b"op-2"))
    assert refuses(webhooks, sign(BODY, NOW), b"")


@BOTH
def test_every_header_of_the_signature_counts(
    kind: Callable[[list[str]], GatewayWebhooks], sign: Sign
) -> None:
    webhooks = kind([OLD_SECRET])
    headers = sign(BODY, NOW)

    for name, value in headers.items():
        without = {each: text for each, text in headers.items() if each != name}
        changes = ("", "x", value + "x", value.upper(), value.replace("=", "", 1), "\xff")
        assert refuses(webhooks, without)
        for changed in changes:
            assert changed == value or refuses(webhooks, headers | {name: changed}), changed


@pytest.mark.parametrize(
    "sent_at", ["", "1e9", "-1", "\uff19", "99999999999999999999", "1772366400.0"]
)
def test_a_time_that_is_none_is_refused(sent_at: str) -> None:
    standard, stripe = StandardWebhooks([OLD_SECRET]), StripeWebhooks([OLD_SECRET])

    assert refuses(standard, signed(BODY, NOW) | {"webhook-timestamp": sent_at})
    header = signed_by_stripe(BODY, NOW)["stripe-signature"]
    assert refuses(stripe, {"stripe-signature": f"t={sent_at}," + header.partition(",")[2]})


@pytest.mark.parametrize("key", [OLD_KEY, NEW_KEY])
def test_two_secrets_are_good_while_they_change_places(key: bytes) -> None:
    headers = signed(BODY, NOW, key=key)
    both = StandardWebhooks([OLD_SECRET, NEW_SECRET])

    both.check(headers, BODY, now=NOW)
    assert refuses(StandardWebhooks([OLD_SECRET]), headers) is (key == NEW_KEY)
    assert refuses(StandardWebhooks([NEW_SECRET]), headers) is (key == OLD_KEY)


def test_a_gateway_that_signs_with_two_keys_is_known_by_either() -> None:
    old, new = signed(BODY, NOW), signed(BODY, NOW, key=NEW_KEY)
    both = f"{old['webhook-signature']} v1a,other {new['webhook-signature']}"

    StandardWebhooks([OLD_SECRET]).check(old | {"webhook-signature": both}, BODY, now=NOW)
    StandardWebhooks([NEW_SECRET]).check(old | {"webhook-signature": both}, BODY, now=NOW)


def test_stripe_signs_with_two_secrets_while_one_is_rolled() -> None:
    old = signed_by_stripe(BODY, NOW)["stripe-signature"]
    new = signed_by_stripe(BODY, NOW, secret=NEW_SECRET)["stripe-signature"].split(",")[1]

    for secret in (OLD_SECRET, NEW_SECRET):
        StripeWebhooks([secret]).check({"stripe-signature": f"{old},{new}"}, BODY, now=NOW)
    StripeWebhooks([OLD_SECRET]).check({"stripe-signature": f"v0=x,{old},v2=y"}, BODY, now=NOW)
    v0 = old.replace("v1=", "v0=")
    assert refuses(StripeWebhooks([OLD_SECRET]), {"stripe-signature": v0})


def test_only_the_gateway_in_use_is_heard_and_only_with_a_secret() -> None:
    assert set(webhooks_by_provider("http", [OLD_SECRET])) == {"http"}
    assert set(webhooks_by_provider("stripe", [OLD_SECRET])) == {"stripe"}
    assert webhooks_by_provider("stripe", []) == {}
    assert webhooks_by_provider("sandbox", [OLD_SECRET]) == {}


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        ({"type": "payment.updated", "data": {"reference": "op-1", "payment": {}}}, "op-1"),
        ({"data": {"reference": 7}}, None),
        ({"data": {"reference": ""}}, None),
        ({"data": {"reference": "r" * 256}}, None),
        ({"data": []}, None),
        ({}, None),
    ],
)
def test_an_event_names_an_operation_or_none_of_ours(
    said: dict[str, Any], reference: str | None
) -> None:
    event = StandardWebhooks([OLD_SECRET]).event_in({"webhook-id": "evt-1"}, said)

    assert event == GatewayEvent(id="evt-1", reference=reference)


@pytest.mark.parametrize("object_", ["payment_intent", "charge", "refund"])
def test_an_event_of_stripe_names_it_in_the_metadata_of_any_object(object_: str) -> None:
    told = {"object": object_, "metadata": {"reference": "op-1", "order_id": "7"}}
    said = {"id": "evt_1", "type": f"{object_}.updated", "data": {"object": told}}

    event = StripeWebhooks([OLD_SECRET]).event_in({}, said)

    assert event == GatewayEvent(id="evt_1", reference="op-1")


@pytest.mark.parametrize("event_id", [None, "", "e" * 256])
def test_an_event_without_an_id_that_can_be_kept_is_refused(event_id: str | None) -> None:
    headers = {} if event_id is None else {"webhook-id": event_id}
    with pytest.raises(UnreadableWebhook):
        StandardWebhooks([OLD_SECRET]).event_in(headers, {})
    with pytest.raises(UnreadableWebhook):
        StripeWebhooks([OLD_SECRET]).event_in({}, {"id": event_id})


def test_what_stripe_tells_in_its_own_words_is_read() -> None:
    body = told_by_stripe("op-1", "evt_9")

    StripeWebhooks([OLD_SECRET]).check(signed_by_stripe(body, NOW), body, now=NOW)
