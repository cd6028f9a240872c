"""docs/reference/errors.md, from the catalogue of errors."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from orderwright.api.error_catalogue import ERRORS, FAULTS, ErrorEntry

_INTRODUCTION: Final = """\
# Errors

Made by `orderwright reference errors` from `src/orderwright/api/error_catalogue.py`; do not edit.

Every error of every path is `{"error", "detail", "code", "correlation_id"}` in `application/json`;
some have more members. Programs decide by `code`, which never changes; `detail` is one sentence for
people. A client that accepts `application/problem+json` gets the same data as RFC 9457, with the
`type` `urn:orderwright:error:<code>`. `orderwright explain <code>` says what stands here.

**Retry** says that the same request, unchanged, may succeed shortly; such an error has
`"retryable": true` and `Retry-After`."""

_FAULTS: Final = """
## Codes inside `errors`

A `validation_error` lists what is wrong in `errors`, each with `pointer` (RFC 6901), `in` (`body`,
`query`, `path` or `header`), `message` and one of these codes.

| Code | When |
|---|---|"""


def error_reference() -> str:
    sections = [
        _section(status, list(entries))
        for status, entries in groupby(ERRORS, key=lambda entry: entry.status)
    ]
    faults = [f"| `{fault.code}` | {fault.when} |" for fault in FAULTS]
    return "\n".join([_INTRODUCTION, *sections, _FAULTS, *faults])


def _section(status: int, entries: list[ErrorEntry]) -> str:
    rows = [
        f"| `{each.code}` | {each.when} | {each.remedy} | {'yes' if each.retryable else ''} |"
        for each in entries
    ]
    heading = f"\n## {status} {entries[0].error}\n"
    return "\n".join([heading, "| Code | When | What to do | Retry |", "|---|---|---|---|", *rows])
