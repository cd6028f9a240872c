"""Numbers as they may come in: bounded, and amounts of money exact."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, PydanticKnownError

from orderwright.domain.entities.order_parts import QUANTITY_MAX

INT64_MAX: Final = 2**63 - 1
# A wrong delta of a billion is a typing error; a right one is several adjustments.
DELTA_MAX: Final = 1_000_000_000
# Python reads more as a number than anybody means: underscores, blanks, digits of other scripts.
_DECIMAL: Final = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_WHOLE: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")


def _as_written_here(value: object) -> object:
    if isinstance(value, str) and not _WHOLE.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


def _amount(value: Any) -> str:
    """The decimal as plain text; the domain knows how many decimals its currency allows."""
    text = format(Decimal(value), "f") if type(value) in (int, Decimal) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise PydanticCustomError("invalid_amount", "an amount is a decimal number such as 30.50")
    return text


Id = Annotated[int, Field(gt=0, le=INT64_MAX)]
# For whole numbers in an address, which are text: one spelling each, so that one thing has one address.
AS_WRITTEN_HERE: Final = BeforeValidator(_as_written_here)
QueryId = Annotated[Id, AS_WRITTEN_HERE]
Quantity = Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
Delta = Annotated[int, Field(ge=-DELTA_MAX, le=DELTA_MAX)]
Amount = Annotated[
    str,
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": f"^{_DECIMAL.pattern}$"}, {"type": "number"}],
            "examples": ["30.50"],
        }
    ),
]
