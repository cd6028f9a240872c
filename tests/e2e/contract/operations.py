"""What the service offers, each with a request for it that names things which do not exist."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import httpx2
from fastapi import FastAPI

from orderwright.api.access import declared
from tests.e2e.contract.samples import Sampler

NOTHING: Final = "999999999"  # a number where ids are numbers, a text where they are texts


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    body: Any = None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    async def ask(self, client: httpx2.AsyncClient, **request: Any) -> httpx2.Response:
        json = {} if self.body is None else {"json": self.body}
        return await client.request(
            self.method, re.sub(r"{[^}]+}", NOTHING, self.path), **json, **request
        )


# Its answer never ends: it has tests of its own.
ENDLESS: Final = "/api/v1/events/stream"


def operations(app: FastAPI) -> Iterator[Operation]:
    document = app.openapi()
    sampler = Sampler(document)
    for method, path, _ in declared(app):
        if path == ENDLESS:
            continue
        told = document["paths"].get(path, {}).get(method.lower(), {})
        yield Operation(method, path, sampler.body(told))
