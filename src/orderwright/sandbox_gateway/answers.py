"""What the gateway says, before anybody decides whether it gets to the caller."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`payment_id` is of the payment that was made or changed; None when nothing happened."""

    status: int
    body: bytes
    payment_id: str | None = None


def done(of: str, /, **facts: Any) -> Answer:
    """`of` is the id of the payment that was made or changed."""
    return Answer(status=201, body=orjson.dumps(facts), payment_id=of)


def found(**facts: Any) -> Answer:
    return Answer(status=200, body=orjson.dumps(facts))


def declined(reference: str, decline_code: str, *, payment_id: str | None = None) -> Answer:
    facts = {"reference": reference, "status": "declined", "decline_code": decline_code}
    made = {} if payment_id is None else {"id": payment_id}
    return Answer(status=402, body=orjson.dumps(made | facts), payment_id=payment_id)


def refused(status: int, code: str, detail: str, *, reference: str | None = None) -> Answer:
    """With `reference` the caller can tell that it is the answer to this request and to no other."""
    of_request = {} if reference is None else {"reference": reference}
    body = orjson.dumps({"code": code, "detail": detail} | of_request)
    return Answer(status=status, body=body)


def invalid(error: ValidationError) -> Answer:
    faults = (
        f"{'.'.join(map(str, fault['loc'])) or 'body'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    )
    return refused(422, "invalid_request", "; ".join(faults))
