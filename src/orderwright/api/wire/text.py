"""Text as it may come in: Unicode NFC, without control characters, bounded."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic_core import CoreSchema, PydanticCustomError

# The category Cc, and the two separators that many programs read as a line break.
_CONTROLS: Final = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
_CONTROLS_BUT_LINE_BREAKS: Final = r"\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029"
# Only told: NUL is refused before any model sees it.
NO_NUL: Final = r"^[^\x00]*$"
_CONTROL: Final = re.compile(f"[{_CONTROLS}]")
_CONTROL_BUT_LINE_BREAKS: Final = re.compile(f"[{_CONTROLS_BUT_LINE_BREAKS}]")


def one_line(text: object) -> object:
    """Raises: PydanticCustomError."""
    return _without(_CONTROL, text)


def _with_line_breaks(text: object) -> object:
    return _without(_CONTROL_BUT_LINE_BREAKS, text)


def _without(forbidden: re.Pattern[str], text: object) -> object:
    if not isinstance(text, str):
        return text  # the type itself is checked next, and the length of the composed text
    if forbidden.search(text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return unicodedata.normalize("NFC", text)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "it must not be blank")
    return text


@dataclass(frozen=True, slots=True)
class _Text:
    """A check of text, before or after the constraints, that tells the documentation as well."""

    check: Callable[[Any], Any]
    pattern: str
    after: bool = False

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        wrap = AfterValidator if self.after else BeforeValidator
        return wrap(self.check).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        told = handler(schema)
        own = {} if "pattern" in told and not self.after else {"pattern": self.pattern}
        return {**told, **own}


# Constraints stand before these, so that they measure the composed text in the words of text.
ONE_LINE: Final = _Text(one_line, f"^[^{_CONTROLS}]*$")
LINES: Final = _Text(_with_line_breaks, f"^[^{_CONTROLS_BUT_LINE_BREAKS}]*$")
# Stands after ONE_LINE, whose pattern its own repeats.
NOT_BLANK: Final = _Text(
    _not_blank, rf"^[^{_CONTROLS}]*[^{_CONTROLS}\s][^{_CONTROLS}]*$", after=True
)

Name = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE, NOT_BLANK]
Label = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE, NOT_BLANK]
ShortName = Annotated[str, Field(min_length=1, max_length=100), ONE_LINE, NOT_BLANK]
Sku = Annotated[str, Field(min_length=1, max_length=64), ONE_LINE, NOT_BLANK]
Reference = Annotated[str, Field(min_length=1, max_length=200), ONE_LINE, NOT_BLANK]
Channel = Annotated[str, Field(min_length=1, max_length=50), ONE_LINE, NOT_BLANK]
SearchText = Annotated[str, Field(min_length=1, max_length=320), ONE_LINE, NOT_BLANK]
Reason = Annotated[str, Field(max_length=500), ONE_LINE]
WrittenReason = Annotated[str, Field(min_length=1, max_length=500), ONE_LINE, NOT_BLANK]
Notes = Annotated[str, Field(max_length=500), LINES]
# Whether mail arrives there only sending can tell; this keeps out what cannot be an address.
Email = Annotated[
    str, Field(max_length=320, pattern=rf"^[^@\s{_CONTROLS}]+@[^@\s{_CONTROLS}]+$"), ONE_LINE
]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["GBP"])]
