from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from orderwright.api.access import requires
from orderwright.api.answers import rendered, unless_current
from orderwright.api.dependencies import Catalogue, Now
from orderwright.api.idempotency import Once
from orderwright.api.parameters import IfNoneMatch, IntId
from orderwright.api.preconditions import OnceIfMatch
from orderwright.api.strict_json import StrictRoute
from orderwright.api.wire.customers import (
    ChangeCustomerBody,
    CreateCustomerBody,
    CustomerJson,
    CustomerPage,
)
from orderwright.application.commands.change_customer import ChangeCustomer, change_customer
from orderwright.application.commands.create_customer import create_customer
from orderwright.domain.entities.customer import Customer, CustomerNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/customers"
READ = [requires(Permission.CUSTOMERS_READ)]
WRITE = [requires(Permission.CUSTOMERS_WRITE)]
router = APIRouter(prefix=PATH, tags=["customers"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=CustomerJson, dependencies=WRITE)
async def create(body: CreateCustomerBody, once: Once, now: Now) -> Response:
    """Add a customer. `email` and `external_ref` are unique when given."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_customer(command, uow, now=now),
        rendered(
            201,
            CustomerJson.model_validate,
            location=lambda made: f"{PATH}/{made.id}",
            version=lambda made: made.version,
        ),
    )


@router.get("", response_model=list[CustomerJson], dependencies=READ)
async def list_customers(
    catalogue: Catalogue, page: Annotated[CustomerPage, Query()]
) -> Sequence[Customer]:
    """Customers by id."""
    return await catalogue.customers(**page.model_dump())


@router.get(
    "/{customer_id}",
    response_model=CustomerJson,
    responses={304: {"description": "The client has this version"}},
    dependencies=READ,
)
async def get(
    customer_id: IntId, catalogue: Catalogue, if_none_match: IfNoneMatch = None
) -> Response:
    """One customer. With `If-None-Match`, 304 while the client's version is the current one."""
    customer = await catalogue.customer(customer_id)
    if customer is None:
        raise CustomerNotFound("no customer has this id")
    return unless_current(if_none_match, _shown(customer))


@router.patch("/{customer_id}", response_model=CustomerJson, dependencies=WRITE)
async def change(
    customer_id: IntId, body: ChangeCustomerBody, once: OnceIfMatch, now: Now
) -> Response:
    """Change what is named and leave the rest."""
    command = ChangeCustomer(customer_id=customer_id, changes=body.changes())
    return await once.run(
        lambda uow: change_customer(command, uow, now=now),
        _shown,
    )


_shown = rendered(200, CustomerJson.model_validate, version=lambda customer: customer.version)
