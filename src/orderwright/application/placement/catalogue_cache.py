from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import Final

from orderwright.domain.interfaces.placement import CatalogueProduct, PlacementTransaction

# Some 400 bytes each: a few megabytes at the most.
PRODUCTS_MAX: Final = 10_000


class CatalogueCache:
    """Products as they were last read, the least recently used forgotten first.

    A price is never older than the order it goes into: every group asks for the versions of its
    products, in its own transaction, and reads anew those that have changed since, in whichever
    process that was. What is kept here saves reading and decoding the rest.
    """

    def __init__(self, products_max: int = PRODUCTS_MAX) -> None:
        self._products_max = products_max
        self._products: OrderedDict[int, CatalogueProduct] = OrderedDict()

    def __len__(self) -> int:
        return len(self._products)

    async def current(
        self, versions: Mapping[int, int], tx: PlacementTransaction
    ) -> Mapping[int, CatalogueProduct]:
        """These products as `tx` sees them; `versions` are those that it gave for them."""
        current: dict[int, CatalogueProduct] = {}
        changed = []
        for product_id, version in versions.items():
            known = self._products.get(product_id)
            if known is not None and known.version == version:
                current[product_id] = known
                self._products.move_to_end(product_id)
            else:
                changed.append(product_id)
        if changed:
            read = await tx.products(changed)
            self._keep(read)
            current |= {product.id: product for product in read}
        return current

    def _keep(self, products: Iterable[CatalogueProduct]) -> None:
        for product in products:
            self._products[product.id] = product
            self._products.move_to_end(product.id)
        while len(self._products) > self._products_max:
            self._products.popitem(last=False)
