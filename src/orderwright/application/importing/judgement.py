"""What a document is by itself, before anything is known of what was imported earlier."""

from __future__ import annotations

from dataclasses import dataclass, field

from orderwright.application.importing import verdicts
from orderwright.application.importing.documents import Document
from orderwright.application.importing.lines import Entry, Line
from orderwright.application.importing.mapping import Mapping
from orderwright.application.importing.verdicts import PLACED, Verdict, refused, rejected, skipped
from orderwright.domain.entities.imported_document import ImportOutcome
from orderwright.domain.entities.order_parts import QUANTITY_MAX
from orderwright.domain.errors import DomainError


@dataclass(slots=True)
class Judgement:
    """A verdict for each line. In a sale `goods` and `charges`, by their place in the document,
    make an order; in a cancellation `goods` are yet to be matched with earlier sales. Without
    goods nothing is to be done."""

    verdicts: list[Verdict]
    is_cancellation: bool = False
    goods: dict[int, Entry] = field(default_factory=dict)
    charges: dict[int, Entry] = field(default_factory=dict)


def judge(document: Document, mapping: Mapping) -> Judgement:
    whole = _as_a_whole(document, mapping)
    if whole is not None:
        return Judgement([whole] * len(document.lines))
    prefix = mapping.cancellation_prefix
    is_cancellation = prefix is not None and document.reference.startswith(prefix)
    judged = Judgement(
        [_of_line(line, is_cancellation=is_cancellation) for line in document.lines],
        is_cancellation=is_cancellation,
    )
    if any(each.outcome is ImportOutcome.REJECTED for each in judged.verdicts):
        return _with(judged, verdicts.DOCUMENT_INCOMPLETE)
    _sort_entries(document, judged)
    return judged if judged.goods else _with(judged, verdicts.NO_GOODS)


def _as_a_whole(document: Document, mapping: Mapping) -> Verdict | None:
    if document.is_too_long:
        return rejected("document_too_long", "the document has more lines than an order may")
    for prefix, sentence in mapping.skipped_prefixes.items():
        if document.reference.startswith(prefix):
            return skipped("no_sale", sentence)
    if len({(entry.customer, entry.currency.code) for entry in document.entries}) > 1:
        return verdicts.DOCUMENT_DISAGREES
    return None


def _with(judged: Judgement, instead_of_placed: Verdict) -> Judgement:
    """Nothing is placed; lines that have a reason of their own keep it."""
    return Judgement([instead_of_placed if each is PLACED else each for each in judged.verdicts])


def _sort_entries(document: Document, judged: Judgement) -> None:
    for place, line in enumerate(document.lines):
        if isinstance(line.said, Entry) and judged.verdicts[place] is PLACED:
            kind = judged.goods if line.said.charge is None else judged.charges
            kind[place] = line.said


def _of_line(line: Line, *, is_cancellation: bool) -> Verdict:
    if not isinstance(line.said, Entry):
        return line.said
    return _of_cancellation(line.said) if is_cancellation else _of_sale(line.said)


def _of_sale(entry: Entry) -> Verdict:
    if entry.charge is not None:
        return PLACED
    if entry.quantity == 0:
        return verdicts.ZERO_QUANTITY
    if entry.quantity < 0:
        return verdicts.NEGATIVE_QUANTITY if entry.unit_price else verdicts.STOCK_WRITE_OFF
    return _of_goods(entry)


def _of_cancellation(entry: Entry) -> Verdict:
    if entry.charge is not None:
        return verdicts.CHARGE_REVERSAL
    if entry.quantity >= 0:
        return verdicts.NOTHING_CANCELLED
    if not entry.customer:
        return verdicts.NO_CUSTOMER
    return _of_goods(entry)


def _of_goods(entry: Entry) -> Verdict:
    if entry.unit_price < 0:
        return verdicts.NEGATIVE_PRICE
    if abs(entry.quantity) > QUANTITY_MAX:
        return rejected("invalid_quantity", f"a quantity is between 1 and {QUANTITY_MAX}")
    try:
        _ = entry.price
    except DomainError as error:
        return refused(error)
    return PLACED
