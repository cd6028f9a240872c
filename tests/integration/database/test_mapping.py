"""What is kept is what comes back: every field of every entity, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import inspect

from orderwright.domain.entities.aggregate import Aggregate
from orderwright.domain.entities.order import Order
from orderwright.domain.entities.payment import Payment
from orderwright.infrastructure.database import mapping
from orderwright.infrastructure.database.database import Database
from orderwright.infrastructure.database.mapping import map_entities
from tests.integration.database.whole_entities import (
    as_told,
    left_at_default,
    whole_entities,
    without_optionals,
)

map_entities()


async def kept_and_read(database: Database, entities: Sequence[Any]) -> list[Any]:
    async with database.write_sessions.begin() as session:
        for entity in entities:
            session.add(entity)
            await session.flush()
        keys = [(type(entity), inspect(entity).identity) for entity in entities]
    async with database.read_sessions() as session:
        return [await session.get(kind, key) for kind, key in keys]


def test_the_samples_leave_no_field_at_its_default() -> None:
    assert [name for entity in whole_entities() for name in left_at_default(entity)] == []


def test_there_is_a_sample_of_every_mapped_entity() -> None:
    parts = {"OrderItem", "Adjustment", "PaymentOperation"}
    parts |= {"ShipmentLine", "ReturnLine", "RefundLine"}
    mapped = {mapper.class_.__name__ for mapper in mapping._registry.mappers}

    assert {type(entity).__name__ for entity in whole_entities()} == mapped - parts


async def test_every_field_of_every_entity_comes_back(database: Database) -> None:
    written = [as_told(entity) for entity in whole_entities()]

    read = await kept_and_read(database, whole_entities())

    assert [as_told(entity) for entity in read] == written


async def test_what_was_left_out_comes_back_as_nothing(database: Database) -> None:
    bare = [without_optionals(entity) for entity in whole_entities()]
    written = [as_told(entity) for entity in bare]

    read = await kept_and_read(database, bare)

    assert [as_told(entity) for entity in read] == written


async def test_what_was_read_has_nothing_left_to_tell(database: Database) -> None:
    read = await kept_and_read(database, whole_entities())

    aggregates = [entity for entity in read if isinstance(entity, Aggregate)]
    assert [aggregate.take_events() for aggregate in aggregates] == [[]] * len(aggregates)


async def test_lines_come_back_in_the_order_of_their_numbers(database: Database) -> None:
    entities = whole_entities()
    order = next(entity for entity in entities if isinstance(entity, Order))
    order.items = [replace(order.items[0], id=number) for number in (3, 1, 2)]

    read = await kept_and_read(database, entities)

    kept = next(entity for entity in read if isinstance(entity, Order))
    assert [item.id for item in kept.items] == [1, 2, 3]


async def test_operations_come_back_in_the_order_they_were_planned(database: Database) -> None:
    entities = whole_entities()
    payment = next(entity for entity in entities if isinstance(entity, Payment))
    (first,) = payment.operations
    later = replace(first, id="operation-0", planned_at=first.planned_at + timedelta(seconds=1))
    earlier = replace(first, id="operation-2", planned_at=first.planned_at - timedelta(seconds=1))
    payment.operations = [later, first, earlier]

    read = await kept_and_read(database, entities)

    kept = next(entity for entity in read if isinstance(entity, Payment))
    assert [each.id for each in kept.operations] == ["operation-2", "operation-1", "operation-0"]
