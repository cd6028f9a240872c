"""The protocol as a caller sees it while the gateway behaves."""

from typing import Any

import httpx2
import pytest

from tests.unit.sandbox_gateway.caller import Caller


async def test_a_payment_is_captured_at_once_or_only_authorised(caller: Caller) -> None:
    at_once = await caller.pay("p-1")
    only_authorised = await caller.pay("p-2", capture=False)

    assert (at_once.status_code, only_authorised.status_code) == (201, 201)
    assert at_once.json() == {
        "id": at_once.json()["id"],
        "reference": "p-1",
        "status": "captured",
        "amount": "10.50",
        "currency": "GBP",
    }
    assert only_authorised.json()["status"] == "authorised"


async def test_captures_are_partial_and_never_more_than_was_authorised(caller: Caller) -> None:
    payment = await caller.authorised("p")

    first = await caller.move(payment, "captures", "c-1", amount="4.50")
    beyond = await caller.move(payment, "captures", "c-2", amount="6.01")
    rest = await caller.move(payment, "captures", "c-3", amount="6")

    assert first.status_code == 201
    assert first.json() == {
        "id": first.json()["id"],
        "payment_id": payment,
        "reference": "c-1",
        "status": "captured",
        "amount": "4.50",
    }
    assert (beyond.status_code, beyond.json()["code"]) == (422, "amount_exceeds_authorised")
    assert rest.status_code == 201
    (found,) = await caller.found("p")
    assert (found["captured"], [each["reference"] for each in found["captures"]]) == (
        "10.50",
        ["c-1", "c-3"],
    )


async def test_refunds_are_partial_and_never_more_than_was_captured(caller: Caller) -> None:
    payment = await caller.authorised("p")
    early = await caller.move(payment, "refunds", "r-0", amount="0.01")
    await caller.move(payment, "captures", "c", amount="5.00")

    first = await caller.move(payment, "refunds", "r-1", amount="4.99")
    beyond = await caller.move(payment, "refunds", "r-2", amount="0.02")
    rest = await caller.move(payment, "refunds", "r-3", amount="0.01")

    assert [early.status_code, first.status_code, beyond.status_code, rest.status_code] == [
        422,
        201,
        422,
        201,
    ]
    assert beyond.json()["code"] == "amount_exceeds_captured"
    assert first.json()["status"] == "refunded"
    (found,) = await caller.found("r-3")
    assert (found["captured"], found["refunded"]) == ("5.00", "5.00")


async def test_a_void_gives_back_what_was_not_captured_and_is_the_end_of_it(caller: Caller) -> None:
    payment = await caller.authorised("p")
    await caller.move(payment, "captures", "c", amount="4.00")

    voided = await caller.move(payment, "voids", "v")
    again = await caller.move(payment, "voids", "v-2")
    late = await caller.move(payment, "captures", "c-2", amount="1.00")

    assert (voided.status_code, voided.json()["status"]) == (201, "voided")
    assert (again.status_code, again.json()["code"]) == (422, "payment_voided")
    assert (late.status_code, late.json()["code"]) == (422, "payment_voided")
    (found,) = await caller.found("v")
    assert (found["voided"], found["status"], found["captured"]) == (True, "captured", "4.00")


async def test_what_was_captured_is_not_voided(caller: Caller) -> None:
    payment = (await caller.pay("p")).json()["id"]

    refused = await caller.move(payment, "voids", "v")

    assert (refused.status_code, refused.json()["code"]) == (422, "payment_captured")
    assert [each["voided"] for each in await caller.found("p")] == [False]


@pytest.mark.parametrize("reference", ["p", "c", "r"])
async def test_a_payment_is_found_by_every_reference_in_it(caller: Caller, reference: str) -> None:
    payment = await caller.authorised("p")
    await caller.move(payment, "captures", "c", amount="5.00")
    await caller.move(payment, "refunds", "r", amount="1.00")
    await caller.pay("another")

    assert [each["id"] for each in await caller.found(reference)] == [payment]


async def test_an_unknown_reference_finds_nothing(caller: Caller) -> None:
    assert await caller.found("never seen") == []


async def test_a_charge_is_a_capture_with_the_reference_of_its_payment(caller: Caller) -> None:
    await caller.pay("p")

    (found,) = await caller.found("p")

    assert [(each["reference"], each["amount"]) for each in found["captures"]] == [("p", "10.50")]


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"token": "tok_decline"}, "card_declined"),
        ({"token": "tok_insufficient_funds"}, "insufficient_funds"),
        ({"amount": "666.01"}, "card_declined"),
        ({"amount": "666.020"}, "insufficient_funds"),
        ({"amount": "666.03"}, "expired_card"),
    ],
)
async def test_some_tokens_and_some_amounts_are_declined(
    caller: Caller, how: dict[str, str], code: str
) -> None:
    declined = await caller.pay("p", **how)

    assert declined.status_code == 402
    assert declined.json() == {
        "id": declined.json()["id"],
        "reference": "p",
        "status": "declined",
        "decline_code": code,
    }
    (found,) = await caller.found("p")
    assert (found["status"], found["decline_code"], found["captures"]) == ("declined", code, [])
    assert (await caller.ledger())["executions"] == {}


async def test_a_declined_payment_is_not_to_be_captured(caller: Caller) -> None:
    payment = (await caller.pay("p", token="tok_decline", capture=False)).json()["id"]

    refused = await caller.move(payment, "captures", "c", amount="1.00")

    assert (refused.status_code, refused.json()["code"]) == (404, "no_such_payment")


async def test_the_same_request_gets_its_first_answer_again(caller: Caller) -> None:
    first, again = await caller.pay("p"), await caller.pay("p")
    declined = [await caller.pay("d", token="tok_decline") for _ in range(2)]

    assert (again.status_code, again.content) == (201, first.content)
    assert declined[0].content == declined[1].content
    assert [each["reference"] for each in (await caller.ledger())["payments"]] == ["p", "d"]


async def test_a_refusal_is_repeated_even_when_it_would_not_be_refused_any_more(
    caller: Caller,
) -> None:
    payment = await caller.authorised("p")
    first = await caller.move(payment, "refunds", "r", amount="1.00")
    await caller.move(payment, "captures", "c", amount="1.00")

    again = await caller.move(payment, "refunds", "r", amount="1.00")

    assert (again.status_code, again.content) == (422, first.content)


async def test_a_key_is_of_one_request_only(caller: Caller) -> None:
    payment = await caller.authorised("p")

    other_body = await caller.pay("p", amount="10.51", capture=False)
    other_place = await caller.move(payment, "voids", "v", key="p")

    assert (other_body.status_code, other_place.status_code) == (422, 422)
    assert other_body.json()["code"] == other_place.json()["code"] == "idempotency_key_reused"
    assert [each["voided"] for each in await caller.found("p")] == [False]


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 10.5},
        {"amount": "10,50"},
        {"amount": "0.00"},
        {"amount": "-1"},
        {"amount": "1e3"},
        {"amount": "1.00001"},
        {"currency": "gbp"},
        {"capture": "yes"},
        {"order_id": 0},
    ],
    ids=str,
)
async def test_what_is_not_of_the_protocol_is_refused(caller: Caller, wrong: Any) -> None:
    refused = await caller.pay("p", **wrong, key="k")

    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")
    assert next(iter(wrong)) in refused.json()["detail"]
    assert (await caller.ledger())["payments"] == []


async def test_a_request_without_a_key_is_refused(client: httpx2.AsyncClient) -> None:
    refused = await client.post("/payments", json={})

    assert (refused.status_code, refused.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.parametrize("sent", ["Bearer wrong", "Bearer ", "Basic right", ""])
async def test_another_key_is_refused(client: httpx2.AsyncClient, sent: str) -> None:
    asked = await client.get("/payments?reference=p", headers={"Authorization": sent})
    told = await client.post("/payments", json={}, headers={"Authorization": sent})

    assert (asked.status_code, told.status_code) == (401, 401)
    assert asked.json()["code"] == "unauthorised"
