"""What became of a row, and why: each code has one sentence, and every sentence is for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: ImportOutcome
    code: str
    sentence: str


PLACED: Final = Verdict(ImportOutcome.PLACED, "placed", "placed")


def skipped(code: str, sentence: str) -> Verdict:
    return Verdict(ImportOutcome.SKIPPED, code, sentence)


def rejected(code: str, sentence: str) -> Verdict:
    return Verdict(ImportOutcome.REJECTED, code, sentence)


def refused(error: DomainError) -> Verdict:
    """The order would break a rule that every order keeps."""
    return rejected(error.code, error.detail)


class Unreadable(Exception):
    """A cell does not hold what the mapping says it does."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.verdict = rejected(code, sentence)


ALREADY_IMPORTED: Final = skipped("already_imported", "the document was imported before")
DOCUMENT_CHANGED: Final = rejected(
    "document_changed",
    "a document with this number and other rows was imported before; what was imported is not "
    "changed, and the rows of one document must stand together",
)
REFERENCE_TAKEN: Final = rejected(
    "reference_taken", "the channel has an order with this number that no import placed"
)
DOCUMENT_INCOMPLETE: Final = rejected(
    "document_incomplete",
    "another row of the document was rejected, and an order is placed whole or not at all",
)
DOCUMENT_DISAGREES: Final = rejected(
    "document_disagrees", "the rows of the document name different customers or currencies"
)
STOCK_WRITE_OFF: Final = skipped(
    "stock_write_off", "a negative quantity at no price writes stock off; nobody bought anything"
)
ZERO_QUANTITY: Final = skipped("zero_quantity", "a line of no goods")
NO_GOODS: Final = skipped("no_goods", "a document of charges alone, without goods, is no order")
NO_LINES: Final = skipped("no_lines", "the document has no lines")
NO_CUSTOMER: Final = skipped(
    "no_customer", "a cancellation without a customer cannot be matched to a sale"
)
CHARGE_REVERSAL: Final = skipped(
    "charge_reversal", "the reversal of a charge brings no goods back and names no sale"
)
NOTHING_CANCELLED: Final = skipped(
    "nothing_cancelled", "a line of a cancellation that takes nothing back"
)
NEGATIVE_QUANTITY: Final = rejected(
    "negative_quantity", "goods with a price and a negative quantity outside a cancellation"
)
NEGATIVE_PRICE: Final = rejected("negative_price", "the price of goods is not negative")
