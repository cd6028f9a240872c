"""Text as it may come in: Unicode NFC, without control characters, bounded."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

# The category Cc, and the two separators that many programs read as a line break.
_CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_BUT_LINE_BREAKS: Final = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def _one_line(text: str) -> str:
    return _without(_CONTROL, text)


def _with_line_breaks(text: str) -> str:
    return _without(_CONTROL_BUT_LINE_BREAKS, text)


def _without(forbidden: re.Pattern[str], text: str) -> str:
    if forbidden.search(text):
        raise PydanticCustomError("control_character", "control characters are not allowed")
    return unicodedata.normalize("NFC", text)


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "it must not be blank")
    return text


OneLine = Annotated[str, AfterValidator(_one_line)]
NotBlank = Annotated[OneLine, AfterValidator(_not_blank)]

Name = Annotated[NotBlank, Field(min_length=1, max_length=200)]
Label = Annotated[NotBlank, Field(min_length=1, max_length=200)]
ShortName = Annotated[NotBlank, Field(min_length=1, max_length=100)]
Sku = Annotated[NotBlank, Field(min_length=1, max_length=64)]
Reference = Annotated[NotBlank, Field(min_length=1, max_length=200)]
Channel = Annotated[NotBlank, Field(min_length=1, max_length=50)]
Reason = Annotated[OneLine, Field(max_length=500)]
WrittenReason = Annotated[NotBlank, Field(max_length=500)]
Notes = Annotated[str, AfterValidator(_with_line_breaks), Field(max_length=500)]
# Whether mail arrives there only sending can tell; this keeps out what cannot be an address.
Email = Annotated[OneLine, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
CurrencyCode = Annotated[str, Field(pattern=r"^[A-Z]{3}$", examples=["GBP"])]
