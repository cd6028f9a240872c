"""Every operation, asked by everybody: by nobody, by a machine with one permission each, by an
administrator. What must come of it is written down here once more, by hand."""

from collections.abc import Callable
from typing import Final

import httpx2
from dependency_injector import providers

from orderwright.domain.value_objects.permission import Permission
from orderwright.infrastructure.external_services.gateway_webhooks import StandardWebhooks
from tests.e2e.api.service import Service
from tests.e2e.contract.expected_permissions import EXPECTED
from tests.e2e.contract.operations import NOTHING, Operation, operations
from tests.webhooks import OLD_SECRET

NOBODY: Final = "nobody"
METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"})

# HEAD is answered as GET is, without the body.
ANSWERED: Final = {method: {method} for method in METHODS} | {"GET": {"GET", "HEAD"}}


async def test_every_operation_answers_everybody_as_its_permission_says(
    service: Service, record_property: Callable[[str, object], None]
) -> None:
    heard = {NOTHING: StandardWebhooks([OLD_SECRET])}
    service.app.state.container.gateway_webhooks.override(providers.Object(heard))
    callers = await everybody(service)
    wrong: list[str] = []
    cases = 0

    for operation in operations(service.app):
        for caller, client in callers.items():
            response = await operation.ask(client)
            cases += 1
            if not _is_right(operation, caller, response):
                wrong.append(f"{operation.name} by {caller}: {response.status_code}")

    assert wrong == []
    record_property("cases", cases)
    assert cases == len(callers) * len({each.name for each in operations(service.app)})


async def everybody(service: Service) -> dict[str, httpx2.AsyncClient]:
    machines = {str(each): await service.client(each) for each in Permission}
    return {NOBODY: await service.anonymous(), **machines}


def _is_right(operation: Operation, caller: str, response: httpx2.Response) -> bool:
    code = response.json().get("code") if response.is_error else None
    if EXPECTED.get(operation.name) == "signed":
        return (response.status_code, code) == (401, "bad_webhook_signature")
    if EXPECTED.get(operation.name) == "open":
        return response.status_code < 500 and code not in {"not_signed_in", "permission_denied"}
    if caller == NOBODY:
        return (response.status_code, code) == (401, "not_signed_in")
    if EXPECTED.get(operation.name) in {"any", caller} or caller == Permission.ADMIN:
        return response.status_code not in {401, 403} and response.status_code < 500
    return (response.status_code, code) == (403, "permission_denied")


async def test_a_revoked_key_opens_no_operation(service: Service) -> None:
    admin = await service.client()
    made = await admin.post("/api/v1/api-keys", json={"name": "till 7", "permissions": ["admin"]})
    till = await service.bearer(made.json()["key"])
    assert (await till.get("/me")).status_code == 200
    await admin.delete(f"/api/v1/api-keys/{made.json()['id']}")

    for operation in operations(service.app):
        if EXPECTED[operation.name] not in {"open", "signed"}:
            response = await operation.ask(till)
            assert (response.status_code, response.json()["code"]) == (401, "invalid_token")


async def test_another_method_is_refused_and_opens_nothing(service: Service) -> None:
    known: dict[str, set[str]] = {}
    for operation in operations(service.app):
        known.setdefault(operation.path, set()).update(ANSWERED[operation.method])

    for client in (await service.anonymous(), await service.client()):
        for path, methods in known.items():
            for method in METHODS - methods:
                response = await Operation(method, path).ask(client)
                assert response.status_code == 405, f"{method} {path}"
                assert response.json()["code"] == "method_not_allowed"
                assert set(response.headers["Allow"].split(", ")) == methods


async def test_a_header_that_names_another_method_changes_nothing(service: Service) -> None:
    shop = await service.shop()
    order = await shop.placed(await shop.product("A", stock=1))

    for header in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        path = f"/api/v1/orders/{order['id']}"
        answer = await shop.client.get(path, headers={header: "DELETE"})
        assert (answer.status_code, answer.json()) == (200, order)
    assert await shop.get(f"/api/v1/orders/{order['id']}") == order
