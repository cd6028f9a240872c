import pytest

from orderwright.application.commands.create_customer import CreateCustomer, create_customer
from orderwright.domain.interfaces.requests import Answer, KeyedRequest, Replayed, RequestContext
from orderwright.infrastructure.database.database import Database
from tests.back_office import BackOffice

DONE = Answer(201, {}, b"done")


async def test_a_unit_of_work_that_was_undone_claims_its_key_again(database: Database) -> None:
    office = BackOffice(database)
    keyed = RequestContext(request=KeyedRequest(key="k", fingerprint="f", render=lambda _: DONE))
    uow = office.units(keyed)
    with pytest.raises(ZeroDivisionError):
        async with uow:
            raise ZeroDivisionError

    await create_customer(CreateCustomer(name="Ada"), uow, now=office.clock.now())

    with pytest.raises(Replayed) as again:
        await create_customer(
            CreateCustomer(name="Ada"), office.units(keyed), now=office.clock.now()
        )
    assert again.value.answer == DONE
