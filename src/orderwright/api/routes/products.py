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
from orderwright.api.wire.products import (
    ChangeProductBody,
    CreateProductBody,
    ProductJson,
    ProductPage,
)
from orderwright.application.commands.change_product import change_product
from orderwright.application.commands.create_product import create_product
from orderwright.domain.entities.product import Product, ProductNotFound
from orderwright.domain.value_objects.permission import Permission

PATH = "/api/v1/products"
READ = [requires(Permission.CATALOG_READ)]
WRITE = [requires(Permission.CATALOG_WRITE)]
router = APIRouter(prefix=PATH, tags=["products"], route_class=StrictRoute)


@router.post("", status_code=201, response_model=ProductJson, dependencies=WRITE)
async def create(body: CreateProductBody, once: Once, now: Now) -> Response:
    """Add a product. Its stock begins at nothing."""
    command = body.to_command()
    return await once.run(
        lambda uow: create_product(command, uow, now=now),
        rendered(
            201,
            ProductJson.model_validate,
            location=lambda made: f"{PATH}/{made.id}",
            version=lambda made: made.version,
        ),
    )


@router.get("", response_model=list[ProductJson], dependencies=READ)
async def list_products(
    catalogue: Catalogue, page: Annotated[ProductPage, Query()]
) -> Sequence[Product]:
    """Products by id."""
    return await catalogue.products(**page.model_dump())


@router.get(
    "/{product_id}",
    response_model=ProductJson,
    responses={304: {"description": "The client has this version"}},
    dependencies=READ,
)
async def get(
    product_id: IntId, catalogue: Catalogue, if_none_match: IfNoneMatch = None
) -> Response:
    """One product. With `If-None-Match`, 304 while the client's version is the current one."""
    product = await catalogue.product(product_id)
    if product is None:
        raise ProductNotFound("no product has this id")
    return unless_current(if_none_match, _shown(product))


@router.patch("/{product_id}", response_model=ProductJson, dependencies=WRITE)
async def change(
    product_id: IntId, body: ChangeProductBody, once: OnceIfMatch, now: Now
) -> Response:
    """Change what is named and leave the rest. A new price is for new orders."""
    command = body.to_command(product_id)
    return await once.run(
        lambda uow: change_product(command, uow, now=now),
        _shown,
    )


_shown = rendered(200, ProductJson.model_validate, version=lambda product: product.version)
