"""What the fuzzer is told about this service beside its document."""

import itertools
import os
import re
from collections.abc import MutableMapping
from typing import Any, Final

import schemathesis
from schemathesis import Case, CheckContext, HookContext, Response
from schemathesis.specs.openapi.checks import positive_data_acceptance

# The id of the key that the fuzzer works with: it must not saw off the branch it sits on.
OWN_KEY: Final = os.environ["ORDERWRIGHT_FUZZ_KEY"]
# Why a request that fits its schema may be refused all the same: codes of what a schema cannot say.
BEYOND_SCHEMAS: Final = frozenset(
    {
        "amount_too_large",
        "duplicate_line",
        "empty_file",
        "file_type_refused",
        "idempotency_key_reused",
        "invalid_cursor",
        "invalid_page",
        "invalid_quantity",  # more than the line that it names has
        "items_missing",
        "malformed_if_match",
        "page_and_cursor",
        "page_out_of_reach",
        "refund_needs_amount",
        "json_too_deep",
        "stock_not_tracked",
        "too_many_sign_ins",
        "unknown_currency",
        "unknown_event_type",
        "unknown_product",
        "url_refused",
        "weak_password",
        "what_to_replay",  # one of three ways
        "product_inactive",
        "invalid_amount",
        "invalid_metadata",
        "number_out_of_range",
    }
)
VALID_KEY: Final = re.compile(r"[\x21-\x7e]{1,240}")
AnyCase = Case[Any]
_numbers = itertools.count(1)


@schemathesis.hook
def filter_case(context: HookContext, case: AnyCase) -> bool:
    told = (case.path_parameters or {}).get("api_key_id")
    return told is None or str(told) != OWN_KEY


@schemathesis.hook
def before_call(context: HookContext, case: AnyCase, kwargs: dict[str, object]) -> None:
    """Keys collide in small examples; a number behind them lets each request do its work. And 2.0 is
    an integer to a schema, but not to this service."""
    plain = _with_plain_integers(case.body)
    if repr(plain) != repr(case.body):  # a body that is set is looked at anew, set or not
        case.body = plain
    headers: MutableMapping[str, Any] = case.headers or {}
    key = headers.get("idempotency-key")
    if isinstance(key, str) and VALID_KEY.fullmatch(key):
        headers["idempotency-key"] = f"{key}.{next(_numbers)}"


@schemathesis.check
def understood_when_valid(ctx: CheckContext, response: Response, case: AnyCase) -> bool | None:
    if _codes(response) & BEYOND_SCHEMAS:
        return None
    return positive_data_acceptance(ctx, response, case)


def _codes(response: Response) -> set[str]:
    if response.status_code not in {400, 415, 422, 429}:
        return set()
    told = response.json()
    return {told["code"]} | {_code(fault) for fault in told.get("errors") or ()}


def _code(fault: dict[str, str]) -> str:
    """Metadata is free in form: what is wrong deep inside it no schema says."""
    return "invalid_metadata" if fault["pointer"].startswith("/metadata") else fault["code"]


def _with_plain_integers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: _with_plain_integers(member) for name, member in value.items()}
    return [_with_plain_integers(item) for item in value] if isinstance(value, list) else value
