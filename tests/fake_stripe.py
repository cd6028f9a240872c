"""Stripe as far as the gateway knows it: a real HTTP server that keeps payment intents and refunds in
memory. What it answers has the members of given samples, so that real shapes can be tried."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import count
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

Members = dict[str, Any]

# Made up, with the members that are looked at and one that is not.
SAMPLES: Final[Mapping[str, Members]] = {
    "payment_intent": {
        "object": "payment_intent",
        "id": "pi_sample",
        "amount": 1,
        "amount_capturable": 0,
        "amount_received": 0,
        "currency": "xxx",
        "last_payment_error": None,
        "metadata": {},
        "status": "requires_payment_method",
        "livemode": False,
    },
    "refund": {
        "object": "refund",
        "id": "re_sample",
        "amount": 1,
        "currency": "xxx",
        "metadata": {},
        "payment_intent": None,
        "status": "succeeded",
    },
}


# Cards that are declined, and why.
DECLINING: Final = {
    "pm_declined": "lost_card",
    "tok_decline": "card_declined",
    "tok_insufficient_funds": "insufficient_funds",
    "tok_expired_card": "expired_card",
}


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    form: dict[str, str]


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, told: Members, **headers: str) -> "Reply":
        return cls(status, json.dumps(told).encode(), headers)


def error(status: int, type_: str, code: str | None = None, **more: object) -> Reply:
    told = {"type": type_, "message": "made up", **({} if code is None else {"code": code}), **more}
    return Reply.of(status, {"error": told})


class FakeStripe:
    """`refuse_next` answers the next request without carrying it out; `answer_next` is said, and kept
    with the key, of one that was carried out; `lose_next_answer` closes the connection after it was;
    `forget_answers` is what happens to keys after a day."""

    def __init__(self, samples: Mapping[str, Members] = SAMPLES) -> None:
        self._samples = samples
        self._ids = count(1)
        self._answered: dict[str, Reply] = {}
        self.intents: dict[str, Members] = {}
        self.refunds: dict[str, Members] = {}
        self.requests: list[Request] = []
        self.refuse_next: Reply | None = None
        self.answer_next: Reply | None = None
        self.lose_next_answer = False
        self.search_lags = False
        self.url = ""

    def forget_answers(self) -> None:
        self._answered.clear()

    @property
    def moved(self) -> int:
        """What is captured and not given back, by the ledger of this side."""
        taken: int = sum(each["amount_received"] for each in self.intents.values())
        given_back: int = sum(each["amount"] for each in self.refunds.values())
        return taken - given_back

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = await _read(reader)
            self.requests.append(request)
            reply = self._reply(request)
            if not self.lose_next_answer:
                writer.write(_head(reply) + reply.body)
                await writer.drain()
            self.lose_next_answer = False
        finally:
            writer.close()

    def _reply(self, request: Request) -> Reply:
        if self.refuse_next is not None:
            refusal, self.refuse_next = self.refuse_next, None
            return refusal
        reply = self._read_or_carry_out(request)
        if self.answer_next is not None:
            reply, self.answer_next = self.answer_next, None
            self._answered[request.headers["idempotency-key"]] = reply
        return reply

    def _read_or_carry_out(self, request: Request) -> Reply:
        if request.method == "GET":
            return self._get(request)
        key = request.headers["idempotency-key"]
        if key not in self._answered:
            self._answered[key] = self._post(request)
        return self._answered[key]

    def _get(self, request: Request) -> Reply:
        match request.path.split("/")[2:]:
            case ["payment_intents", "search"]:
                query = request.query["query"]
                found = [
                    each
                    for each in self.intents.values()
                    if query == f"metadata['reference']:'{each['metadata']['reference']}'"
                ]
                shown = [] if self.search_lags else found
                return Reply.of(200, {"object": "search_result", "data": shown, "has_more": False})
            case ["payment_intents"]:
                return Reply.of(200, {"object": "list", "data": [], "has_more": False})
            case ["payment_intents", id_] if id_ in self.intents:
                return Reply.of(200, self.intents[id_])
            case ["refunds"]:
                of_intent = request.query["payment_intent"]
                found = [r for r in self.refunds.values() if r["payment_intent"] == of_intent]
                return Reply.of(200, {"object": "list", "data": found, "has_more": False})
            case _:
                return error(404, "invalid_request_error", "resource_missing")

    def _post(self, request: Request) -> Reply:
        match request.path.split("/")[2:]:
            case ["payment_intents"]:
                return self._create(request.form)
            case ["payment_intents", id_, "capture"]:
                return self._capture(self.intents[id_], request.form)
            case ["payment_intents", id_, "cancel"]:
                return self._cancel(self.intents[id_])
            case ["refunds"]:
                return self._refund(request.form)
            case _:
                return error(404, "invalid_request_error", "resource_missing")

    def _create(self, form: dict[str, str]) -> Reply:
        amount = int(form["amount"])
        method = form.get("payment_method") or form["payment_method_data[card][token]"]
        intent = self._made("payment_intent", f"pi_{next(self._ids)}", form)
        self.intents[intent["id"]] = intent
        if method in DECLINING:
            refusal = {"type": "card_error", "code": "card_declined"}
            refusal["decline_code"] = DECLINING[method]
            intent |= {"status": "requires_payment_method", "last_payment_error": refusal}
            return Reply.of(402, {"error": {**refusal, "payment_intent": intent}})
        if form["capture_method"] == "manual":
            intent |= {"status": "requires_capture", "amount_capturable": amount}
        else:
            intent |= {"status": "succeeded", "amount_received": amount}
        return Reply.of(200, intent)

    def _capture(self, intent: Members, form: dict[str, str]) -> Reply:
        if intent["status"] != "requires_capture":
            return _unexpected_state(intent)
        intent |= {
            "status": "succeeded",
            "amount_capturable": 0,
            "amount_received": int(form["amount_to_capture"]),
            "metadata": intent["metadata"] | _metadata(form),
        }
        return Reply.of(200, intent)

    def _cancel(self, intent: Members) -> Reply:
        if intent["status"] != "requires_capture":
            return _unexpected_state(intent)
        intent |= {"status": "canceled", "amount_capturable": 0}
        return Reply.of(200, intent)

    def _refund(self, form: dict[str, str]) -> Reply:
        intent, amount = self.intents[form["payment_intent"]], int(form["amount"])
        given_back = [r for r in self.refunds.values() if r["payment_intent"] == intent["id"]]
        if amount + sum(r["amount"] for r in given_back) > intent["amount_received"]:
            return error(400, "invalid_request_error", "charge_already_refunded")
        refund = self._made("refund", f"re_{next(self._ids)}", form) | {
            "payment_intent": intent["id"],
            "currency": intent["currency"],
            "status": "succeeded",
        }
        self.refunds[refund["id"]] = refund
        return Reply.of(200, refund)

    def _made(self, kind: str, id_: str, form: dict[str, str]) -> Members:
        made = deepcopy(self._samples[kind])
        return made | {
            "id": id_,
            "amount": int(form["amount"]),
            "currency": form.get("currency"),
            "metadata": _metadata(form),
        }


def _metadata(form: dict[str, str]) -> Members:
    return {
        name.removeprefix("metadata[").removesuffix("]"): value
        for name, value in form.items()
        if name.startswith("metadata[")
    }


def _unexpected_state(intent: Members) -> Reply:
    return error(
        400,
        "invalid_request_error",
        "payment_intent_unexpected_state",
        payment_intent=intent,
    )


async def _read(reader: asyncio.StreamReader) -> Request:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value for name, value in (each.split(": ", 1) for each in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, target, _ = first.split(" ")
    address = urlsplit(target)
    query = dict(parse_qsl(address.query))
    form = dict(parse_qsl(body.decode(), strict_parsing=True)) if body else {}
    return Request(method, address.path, query, headers, form)


def _head(reply: Reply) -> bytes:
    lines = [
        f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
        f"Content-Length: {len(reply.body)}",
        "Content-Type: application/json",
        "Connection: close",
        *(f"{name.replace('_', '-')}: {value}" for name, value in reply.headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


@asynccontextmanager
async def fake_stripe(samples: Mapping[str, Members] = SAMPLES) -> AsyncIterator[FakeStripe]:
    stripe = FakeStripe(samples)
    listener = await asyncio.start_server(stripe.handle, "127.0.0.1", 0)
    async with listener:
        stripe.url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}"
        yield stripe
