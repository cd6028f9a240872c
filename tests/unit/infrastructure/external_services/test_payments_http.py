"""Only an answer that is exactly what was asked for is believed; no answer makes the adapter raise."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx2
import orjson
import pytest
from structlog.testing import capture_logs

from orderwright.domain.entities.payment_operation import OperationKind
from orderwright.domain.interfaces.payment_gateway import GatewayCall, Outcome, OutcomeKind, Surplus
from tests.gateway_calls import UNKNOWN, a_call
from tests.http_gateway import http_gateway

URL = "https://gateway.example/v1"
CHARGE = a_call(reference="ref")
CAPTURE = a_call(OperationKind.CAPTURE, reference="ref", provider_payment_id="pay/1")
VOID = a_call(OperationKind.VOID, reference="ref", provider_payment_id="pay/1")
MADE = {
    "id": "pay/1",
    "reference": "ref",
    "status": "captured",
    "amount": "10.50",
    "currency": "GBP",
}
MOVED = {
    "id": "c",
    "payment_id": "pay/1",
    "reference": "ref",
    "status": "captured",
    "amount": "10.50",
}
ENTRY = {"id": "c", "reference": "ref", "status": "captured", "amount": "10.50"}
FOUND = MADE | {"captures": [], "refunds": [], "voided": False}
SUCCEEDED = Outcome(kind=OutcomeKind.SUCCEEDED, provider_payment_id="pay/1")

Answers = Callable[[httpx2.Request], httpx2.Response]


def answering(status: int, body: object, **headers: str) -> Answers:
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return lambda _request: httpx2.Response(status, content=content, headers=headers)


async def outcome_of(call: GatewayCall, answers: Answers) -> Outcome:
    async with http_gateway(URL, transport=httpx2.MockTransport(answers)) as gateway:
        return await gateway.carry_out(call)


async def found_by(call: GatewayCall, answers: Answers) -> Outcome | None:
    async with http_gateway(URL, transport=httpx2.MockTransport(answers)) as gateway:
        return await gateway.look_up(call)


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (
            a_call(reference="ref", order_id=7, token="tok"),
            "/v1/payments",
            {
                "reference": "ref",
                "order_id": 7,
                "amount": "10.50",
                "currency": "GBP",
                "capture": True,
                "token": "tok",
            },
        ),
        (
            a_call(OperationKind.AUTHORISE, reference="ref", order_id=7, token=None),
            "/v1/payments",
            {
                "reference": "ref",
                "order_id": 7,
                "amount": "10.50",
                "currency": "GBP",
                "capture": False,
            },
        ),
        (CAPTURE, "/v1/payments/pay%2F1/captures", {"reference": "ref", "amount": "10.50"}),
        (VOID, "/v1/payments/pay%2F1/voids", {"reference": "ref"}),
        (
            a_call(OperationKind.REFUND, reference="ref", provider_payment_id="pay/1"),
            "/v1/payments/pay%2F1/refunds",
            {"reference": "ref", "amount": "10.50"},
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, GatewayCall) else "",
)
async def test_each_operation_is_asked_for_as_the_protocol_has_it(
    call: GatewayCall, path: str, body: object
) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(503)

    await outcome_of(call, answer)

    (request,) = asked
    assert (request.method, request.url.raw_path.decode()) == ("POST", path)
    assert orjson.loads(request.content) == body
    assert request.headers["idempotency-key"] == "ref"
    assert request.headers["authorization"] == "Bearer a-key-for-tests-that-is-long-enough"


@pytest.mark.parametrize("amount", ["10.50", "10.5", "10.5000"])
async def test_an_amount_may_be_written_in_more_than_one_way(amount: str) -> None:
    assert await outcome_of(CHARGE, answering(201, MADE | {"amount": amount})) == SUCCEEDED


@pytest.mark.parametrize(
    ("call", "told", "wrong"),
    [
        (CHARGE, MADE | {"reference": "another"}, ["reference"]),
        (CHARGE, MADE | {"amount": "10.51"}, ["amount"]),
        (CHARGE, MADE | {"amount": "ten"}, ["amount"]),
        (CHARGE, MADE | {"amount": 10.5}, ["body"]),
        (CHARGE, MADE | {"currency": "USD"}, ["currency"]),
        (CHARGE, MADE | {"status": "authorised"}, ["status"]),
        (CHARGE, MADE | {"id": "x" * 256}, ["body"]),
        (CHARGE, MADE | {"id": "a\nb"}, ["body"]),
        (CHARGE, {}, ["body"]),
        (CHARGE, [MADE], ["body"]),
        (CHARGE, b"<html>Thank you!</html>", ["body"]),
        (CHARGE, b"\xff\xfe", ["body"]),
        (CHARGE, b"[" * 100_000, ["body"]),
        (CAPTURE, MOVED | {"payment_id": "pay/2"}, ["payment_id"]),
        (CAPTURE, MOVED | {"amount": "1.00"}, ["amount"]),
        (CAPTURE, MOVED | {"amount": None}, ["amount"]),
        (CAPTURE, MADE, ["body"]),
        (VOID, MOVED | {"status": "captured", "reference": "another"}, ["reference", "status"]),
    ],
)
async def test_a_success_of_something_else_is_not_believed_and_told_loudly(
    call: GatewayCall, told: object, wrong: list[str]
) -> None:
    with capture_logs() as lines:
        outcome = await outcome_of(call, answering(201, told))

    assert outcome == UNKNOWN
    assert lines == [
        {
            "event": "payments.answer_not_believed",
            "log_level": "error",
            "reference": "ref",
            "kind": call.kind,
            "wrong": wrong,
        }
    ]


@pytest.mark.parametrize("status", [200, 202, 204, 301, 302, 408, 409, 425, 500, 502, 504, 599])
async def test_of_any_other_answer_nothing_is_known(status: int) -> None:
    assert await outcome_of(CHARGE, answering(status, MADE, location=f"{URL}/x")) == UNKNOWN


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("told", "wait_s"), [("7", 7.0), ("100000", 300.0), ("soon", None)])
async def test_a_request_that_was_not_taken_may_come_back_when_the_gateway_says(
    status: int, told: str, wait_s: float | None
) -> None:
    outcome = await outcome_of(CHARGE, answering(status, {}, **{"retry-after": told}))

    assert outcome == Outcome(kind=OutcomeKind.NOT_EXECUTED, retry_after_s=wait_s)


@pytest.mark.parametrize("status", [400, 404, 410, 422, 451])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"code": "amount_exceeds_captured", "reference": "ref"}, "amount_exceeds_captured"),
        ({"code": "not one\nword"}, None),
        ({"code": 7}, None),
        (b"<html>", None),
    ],
)
async def test_a_refusal_is_final_and_has_a_code(
    status: int, body: object, code: str | None
) -> None:
    outcome = await outcome_of(CHARGE, answering(status, body))

    assert outcome == Outcome(kind=OutcomeKind.DECLINED, error_code=code or f"http_{status}")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (402, {"reference": "another", "status": "declined", "decline_code": "x"}),
        (402, {"reference": "ref", "status": "captured", "decline_code": "x"}),
        (402, b"Payment required"),
        (422, {"code": "invalid_request", "reference": "another"}),
    ],
)
async def test_a_refusal_of_something_else_leaves_the_outcome_open(
    status: int, body: object
) -> None:
    assert await outcome_of(CHARGE, answering(status, body)) == UNKNOWN


@pytest.mark.parametrize(
    ("told", "code"),
    [("card_declined", "card_declined"), ("no such\ncode", "declined"), ("c" * 65, "declined")],
)
async def test_a_decline_has_a_code_that_is_one(told: str, code: str) -> None:
    body = {"id": "pay/1", "reference": "ref", "status": "declined", "decline_code": told}

    outcome = await outcome_of(CHARGE, answering(402, body))

    assert outcome == Outcome(
        kind=OutcomeKind.DECLINED, error_code=code, provider_payment_id="pay/1"
    )


async def test_what_the_gateway_never_heard_of_is_not_asked_of_it() -> None:
    nothing_to_capture = a_call(OperationKind.CAPTURE)

    outcome = await outcome_of(nothing_to_capture, answering(500, {}))

    assert outcome == Outcome(kind=OutcomeKind.DECLINED, error_code="payment_unknown_to_gateway")


@pytest.mark.parametrize(
    ("call", "item", "expected"),
    [
        (CHARGE, {}, SUCCEEDED),
        (CHARGE, {"status": "refunded"}, SUCCEEDED),
        (CHARGE, {"status": "authorised"}, UNKNOWN),
        (CHARGE, {"status": "pending"}, UNKNOWN),
        (CHARGE, {"amount": "1.00"}, UNKNOWN),
        (CHARGE, {"currency": "USD"}, UNKNOWN),
        (CHARGE, {"reference": "another"}, UNKNOWN),
        (
            CHARGE,
            {"status": "declined", "decline_code": "stolen"},
            Outcome(kind=OutcomeKind.DECLINED, error_code="stolen", provider_payment_id="pay/1"),
        ),
        (a_call(OperationKind.AUTHORISE, reference="ref"), {"status": "voided"}, SUCCEEDED),
        (CHARGE, {"captures": ["ref"], "refunds": None}, SUCCEEDED),
        (CAPTURE, {"captures": [ENTRY]}, SUCCEEDED),
        (CAPTURE, {"captures": [{"reference": "ref", "amount": "10.50"}]}, SUCCEEDED),
        (CAPTURE, {"captures": [{"reference": "ref"}]}, UNKNOWN),
        (CAPTURE, {"captures": ["ref"]}, UNKNOWN),
        (CAPTURE, {"captures": [ENTRY | {"amount": "1.00"}]}, UNKNOWN),
        (CAPTURE, {"captures": [ENTRY | {"reference": "another"}]}, UNKNOWN),
        (CAPTURE, {"captures": [ENTRY | {"status": "pending"}]}, UNKNOWN),
        (CAPTURE, {"refunds": [ENTRY]}, UNKNOWN),
        (CAPTURE, {"id": "pay/2", "captures": [ENTRY]}, UNKNOWN),
        (VOID, {"voided": True}, SUCCEEDED),
        (VOID, {"voided": False}, UNKNOWN),
    ],
)
async def test_what_is_found_is_believed_if_it_is_what_was_asked(
    call: GatewayCall, item: dict[str, Any], expected: Outcome
) -> None:
    assert await found_by(call, answering(200, {"items": [FOUND | item]})) == expected


@pytest.mark.parametrize("call", [CHARGE, CAPTURE, VOID], ids=lambda call: call.kind)
async def test_an_empty_list_says_that_it_is_not_known(call: GatewayCall) -> None:
    assert await found_by(call, answering(200, {"items": []})) is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(404, {"items": []}), (200, {}), (200, b"[]"), (200, b"<html>"), (401, {}), (302, {})],
)
async def test_without_an_answer_to_the_question_nothing_is_known(
    status: int, body: object
) -> None:
    assert await found_by(CHARGE, answering(status, body)) == UNKNOWN


async def test_a_payment_that_was_made_twice_succeeded_and_is_told_loudly() -> None:
    given_back = FOUND | {"id": "pay/3", "status": "refunded"}
    strange = FOUND | {"id": "pay/4", "currency": "EUR"}
    again = FOUND | {"id": "pay/2"}
    items = [FOUND | {"id": "pay/0", "status": "declined"}, FOUND, again, given_back, strange]

    with capture_logs() as lines:
        outcome = await found_by(CHARGE, answering(200, {"items": items}))

    assert outcome == replace(SUCCEEDED, surplus=(Surplus("pay/2", CHARGE.amount),))
    assert [(line["event"], line["times"]) for line in lines] == [("payments.made_twice", 4)]
