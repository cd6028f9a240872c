"""What every body has in common: nothing unknown gets in, and nothing is taken for something else."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PlainSerializer,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from orderwright.api.wire.text import one_line

METADATA_BYTES_MAX: Final = 16_384


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, hide_input_in_errors=True)


class Page(BaseModel):
    """Query parameters. They are all text, so they are read less strictly than JSON."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class Shown(BaseModel):
    """An answer, made from an entity or a read model by attribute names."""

    model_config = ConfigDict(from_attributes=True)


def _plain(value: Any) -> Any:
    """JSON that comes back from a database as it went in."""
    if isinstance(value, Decimal):
        as_double = float(value)
        if Decimal(str(as_double)) != value:
            raise PydanticCustomError("inexact_number", "a number is too precise: send it as text")
        return as_double
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        members = {one_line(name): _plain(member) for name, member in value.items()}
        if len(members) < len(value):
            raise PydanticCustomError("duplicate_member", "two names are the same text")
        return members
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _not_too_large(metadata: dict[str, Any]) -> dict[str, Any]:
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > METADATA_BYTES_MAX:
        raise PydanticCustomError(
            "too_large", "metadata has at most {bytes_max} bytes", {"bytes_max": METADATA_BYTES_MAX}
        )
    return metadata


Metadata = Annotated[dict[str, Any], BeforeValidator(_plain), AfterValidator(_not_too_large)]


def _with_z(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


# RFC 3339 in UTC
Time = Annotated[
    datetime,
    PlainSerializer(_with_z, when_used="json"),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
# Money goes out as a decimal string: a float would make a different amount of it.
Decimals = Annotated[
    str,
    BeforeValidator(str),
    WithJsonSchema({"type": "string", "examples": ["30.50"]}),
]
Code = Annotated[str, BeforeValidator(lambda currency: currency.code)]
