from datetime import UTC, datetime
from pathlib import Path

import pytest

from orderwright.domain.entities.order import FulfilmentStatus
from orderwright.domain.entities.order_lifecycle import OrderStatus
from orderwright.domain.entities.payment_status import PaymentStatus
from orderwright.domain.entities.return_ import ReturnStatus
from orderwright.infrastructure.database.database import Database
from tests.integration.importing.history import History, reasons
from tests.unit.importing.made_up import a_row


@pytest.fixture
def history(database: Database, tmp_path: Path) -> History:
    return History(database, tmp_path)


async def test_a_sale_becomes_a_delivered_order_at_its_own_time(history: History) -> None:
    report = await history.bring(
        a_row("1", "MUG", 2, "1.50"), a_row("1", "JUG", 3, "2.255", at="2011-01-04 10:01")
    )

    order = await history.order("1")
    assert (order.status, order.payment_status, order.fulfilment_status) == (
        OrderStatus.DELIVERED,
        PaymentStatus.PAID,
        FulfilmentStatus.FULFILLED,
    )
    assert order.created_at == datetime(2011, 1, 4, 10, 0, tzinfo=UTC)
    assert (str(order.total), [str(item.line_total) for item in order.items]) == (
        "9.76",
        ["3.00", "6.76"],
    )
    assert await history.office.events(order.id) == [
        "order.placed",
        "order.inventory_validated",
        "payment.requested",
        "payment.captured",
        "order.confirmed",
        "shipment.created",
        "order.shipped",
        "shipment.delivered",
        "order.delivered",
    ]
    assert report["value"] == {
        "placed": "9.765",
        "skipped": "0.00",
        "rejected": "0.00",
        "total": "9.765",
    }
    assert report["rounding_difference"] == "0.005"
    assert await history.violations() == []


async def test_a_past_sale_leaves_todays_stock_as_it_is(history: History) -> None:
    await history.bring(a_row("1", "MUG", 500))

    level = await history.stock("MUG")
    assert (level.on_hand, level.reserved) == (0, 0)


async def test_summer_time_is_known(history: History) -> None:
    await history.bring(a_row("1", at="2011-06-01 10:00"))

    assert (await history.order("1")).created_at == datetime(2011, 6, 1, 9, 0, tzinfo=UTC)


async def test_charges_become_adjustments(history: History) -> None:
    await history.bring(
        a_row("1", "MUG", 1, "20.00"), a_row("1", "POST", 1, "3.95"), a_row("1", "D", -1, "2.00")
    )

    order = await history.order("1")
    assert [(str(each.kind), each.label, str(each.amount)) for each in order.adjustments] == [
        ("shipping", "Postage", "3.95"),
        ("discount", "Discount", "-2.00"),
    ]
    assert str(order.total) == "21.95"


async def test_an_order_of_more_than_a_hundred_lines_stays_whole(history: History) -> None:
    await history.bring(*(a_row("1", f"SKU{n}", 1, "1.00") for n in range(150)))

    assert len((await history.order("1")).items) == 150


async def test_lines_without_a_customer_belong_to_one_guest(history: History) -> None:
    await history.bring(a_row("1", customer=""), a_row("2", customer=""))

    first, second = await history.order("1"), await history.order("2")
    assert first.customer_id == second.customer_id


async def test_a_cancellation_becomes_a_received_and_refunded_return(history: History) -> None:
    await history.bring(a_row("1", "MUG", 5, "2.00"), a_row("C2", "MUG", -2, "2.00"))

    order = await history.order("1")
    assert order.payment_status is PaymentStatus.PARTIALLY_REFUNDED
    assert order.item(1).returned == 2
    (refund,) = await history.office.details.refunds(order.id)
    assert str(refund.amount) == "4.00"
    (return_,) = await history.office.details.returns(order.id)
    assert return_.status is ReturnStatus.REFUNDED
    assert (await history.stock("MUG")).on_hand == 0
    assert await history.violations() == []


async def test_a_cancellation_takes_from_the_sale_at_its_price_first(history: History) -> None:
    await history.bring(
        a_row("1", "MUG", 5, "2.00", at="2011-01-04 10:00"),
        a_row("2", "MUG", 5, "3.00", at="2011-01-05 10:00"),
        a_row("C3", "MUG", -5, "2.00", at="2011-01-06 10:00"),
    )

    assert (await history.order("1")).item(1).returned == 5
    assert (await history.order("2")).item(1).returned == 0


async def test_a_cancellation_may_spread_over_several_sales(history: History) -> None:
    await history.bring(
        a_row("1", "MUG", 3, "2.00", at="2011-01-04 10:00"),
        a_row("2", "MUG", 3, "2.00", at="2011-01-05 10:00"),
        a_row("C3", "MUG", -4, "2.00", at="2011-01-06 10:00"),
    )

    returned = [(await history.order(number)).item(1).returned for number in ("1", "2")]
    assert returned == [1, 3]
    assert await history.violations() == []


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (a_row("C2", "MUG", -6, "2.00"), "not_covered"),
        (a_row("C2", "MUG", -1, "99.00"), "not_covered"),
        (a_row("C2", "MUG", -1, "2.00", customer="8"), "not_covered"),
        (a_row("C2", "MUG", -1, "2.00", customer=""), "no_customer"),
        (a_row("C2", "POST", -1, "3.95"), "charge_reversal"),
        (a_row("2", "MUG", -3, "0.00"), "stock_write_off"),
        (a_row("2", "POST", 1, "3.95"), "no_goods"),
        (a_row("A2", "B", 1, "99.00"), "no_sale"),
        (a_row("2", "MUG", 1, "one pound"), "bad_number"),
        (a_row("2", "MUG", 1, "1.00", at="yesterday"), "bad_date"),
        (a_row("2", "MUG", -1, "2.00"), "negative_quantity"),
    ],
)
async def test_what_is_not_placed_is_explained_and_changes_nothing(
    history: History, row: str, code: str
) -> None:
    await history.bring(a_row("1", "MUG", 5, "2.00"))
    before = await history.office.events((await history.order("1")).id)

    report = await history.bring(row)

    assert list(reasons(report)) == [code]
    assert report["lines"]["placed"] == 0
    assert report["lines"]["total"] == 1
    order = await history.order("1")
    assert (order.item(1).returned, order.payment_status) == (0, PaymentStatus.PAID)
    assert await history.office.events(order.id) == before


async def test_an_order_that_would_cost_less_than_nothing_is_rejected(history: History) -> None:
    report = await history.bring(a_row("1", "MUG", 1, "2.00"), a_row("1", "D", -1, "5.00"))

    assert report["documents"] == {"placed": 0, "skipped": 0, "rejected": 1, "total": 1}
    assert report["value"]["rejected"] == "-3.00"


async def test_one_bad_row_harms_its_own_document_alone(history: History) -> None:
    report = await history.bring(
        a_row("1", "MUG", 1), a_row("2", "MUG", "many"), a_row("2", "JUG", 1), a_row("3", "MUG", 1)
    )

    assert report["documents"] == {"placed": 2, "skipped": 0, "rejected": 1, "total": 3}


async def test_the_same_rows_again_are_skipped_and_other_rows_are_rejected(
    history: History,
) -> None:
    rows = (a_row("1", "MUG", 5, "2.00"), a_row("C2", "MUG", -2, "2.00"))
    await history.bring(*rows)

    again = await history.bring(*rows)
    changed = await history.bring(a_row("1", "MUG", 6, "2.00"))

    assert reasons(again) == {"already_imported": 2}
    assert reasons(changed) == {"document_changed": 1}
    assert (await history.order("1")).item(1).returned == 2


async def test_a_rehearsal_tells_the_same_and_writes_nothing(history: History) -> None:
    rows = (a_row("1", "MUG", 5, "2.00"), a_row("C2", "MUG", -2, "2.00"), a_row("3", "MUG", -9))

    rehearsed = await history.bring(*rows, dry_run=True)
    brought = await history.bring(*rows)

    assert rehearsed.pop("dry_run") is True
    assert brought.pop("dry_run") is False
    assert rehearsed == brought
