"""What a request needed goes with its answer. What knows itself in a circle stays until the garbage
collector comes, which it does the more seldom the more there is: so memory grows under load."""

import gc
import re
from collections import Counter

from fastapi import FastAPI
from starlette.requests import Request

from tests.collector import without_collector
from tests.e2e.api.service import Service
from tests.e2e.contract.operations import operations


def requests_left(app: FastAPI) -> Counter[str]:
    """Of this service: other tests of the process may have requests of their own."""
    requests = (each for each in gc.get_objects() if isinstance(each, Request))
    left = [each for each in requests if each.scope.get("app") is app]
    return Counter(f"{each.method} {each.url.path}" for each in left)


async def test_no_operation_leaves_its_request_to_the_collector(service: Service) -> None:
    shop = await service.shop()
    await shop.placed(await shop.product("A", stock=5))
    everything = list(operations(service.app))
    gc.collect()

    with without_collector():
        for each in everything:
            body = {} if each.body is None else {"json": each.body}
            await shop.client.request(
                each.method,
                re.sub(r"{[^}]+}", "1", each.path),  # most is there, and some acts are refused
                headers={"Idempotency-Key": each.name.replace(" ", ":")},
                **body,
            )

        assert requests_left(service.app) == Counter()
