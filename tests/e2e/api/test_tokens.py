import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pydantic import SecretStr

from orderwright.domain.value_objects.permission import Permission
from tests.e2e.api.service import PASSWORD, Service

ADA = "ada@example.com"


async def sign_in(service: Service, username: str = ADA, password: str = PASSWORD) -> Any:
    client = await service.anonymous()
    form = {"username": username, "password": password, "grant_type": "password"}
    return await client.post("/token", data=form)


async def refresh(service: Service, token: str) -> httpx2.Response:
    return await (await service.anonymous()).post("/token/refresh", json={"refresh_token": token})


async def status_of_me(service: Service, access_token: str) -> int:
    return (await (await service.bearer(access_token)).get("/me")).status_code


async def test_a_user_signs_in_and_is_who_they_are(service: Service) -> None:
    user_id = await service.user(ADA, Permission.ORDERS_READ, Permission.CATALOG_READ)

    response = await sign_in(service, "ADA@example.com")

    assert response.status_code == 200
    tokens = response.json()
    assert set(tokens) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (tokens["token_type"], tokens["expires_in"]) == ("bearer", 900)
    client = await service.bearer(tokens["access_token"])
    assert (await client.get("/me")).json() == {
        "id": user_id,
        "kind": "user",
        "username": ADA,
        "email": ADA,
        "permissions": ["catalog:read", "orders:read"],
    }
    assert (await client.get("/api/v1/orders")).status_code == 200
    assert (await client.get("/api/v1/customers")).status_code == 403


@pytest.mark.parametrize(("username", "password"), [(ADA, "wrong"), ("nobody", PASSWORD)])
async def test_a_wrong_name_and_a_wrong_password_sound_alike(
    service: Service, username: str, password: str
) -> None:
    await service.user(ADA)

    response = await sign_in(service, username, password)

    assert response.status_code == 401
    assert response.json()["code"] == "invalid_credentials"
    assert response.json()["detail"] == "the user name or the password is wrong"


async def test_a_password_of_the_wrong_shape_is_not_repeated_in_the_answer(
    service: Service,
) -> None:
    client = await service.anonymous()

    response = await client.post("/token", data={"username": ADA, "password": "hunter2" * 100})

    assert response.status_code == 422
    assert "hunter2" not in response.text
    assert response.json()["errors"][0]["pointer"] == "/password"


async def test_a_refresh_token_works_once_and_its_reuse_ends_the_session(
    service: Service,
) -> None:
    await service.user(ADA)
    first = (await sign_in(service)).json()

    second = await refresh(service, first["refresh_token"])
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert await status_of_me(service, second.json()["access_token"]) == 200

    reused = await refresh(service, first["refresh_token"])
    assert (reused.status_code, reused.json()["code"]) == (401, "invalid_token")
    child = await refresh(service, second.json()["refresh_token"])
    assert child.status_code == 401
    for pair in (first, second.json()):
        assert await status_of_me(service, pair["access_token"]) == 401


async def test_a_stolen_session_costs_the_others_of_its_owner_a_refresh(service: Service) -> None:
    await service.user(ADA)
    stolen, other = (await sign_in(service)).json(), (await sign_in(service)).json()
    await refresh(service, stolen["refresh_token"])
    await refresh(service, stolen["refresh_token"])

    assert await status_of_me(service, other["access_token"]) == 401
    fresh = await refresh(service, other["refresh_token"])
    assert await status_of_me(service, fresh.json()["access_token"]) == 200
    await refresh(service, stolen["refresh_token"])
    assert await status_of_me(service, fresh.json()["access_token"]) == 200, "it is known by now"


async def test_of_twenty_that_present_one_refresh_token_one_gets_a_child(
    service: Service,
) -> None:
    await service.user(ADA)
    token = (await sign_in(service)).json()["refresh_token"]

    answers = await asyncio.gather(*(refresh(service, token) for _ in range(20)))

    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 19


async def test_signing_out_ends_the_session_at_once_and_leaves_others_alone(
    service: Service,
) -> None:
    await service.user(ADA)
    here, there = (await sign_in(service)).json(), (await sign_in(service)).json()
    client = await service.anonymous()

    revoked = await client.post("/token/revoke", json={"refresh_token": here["refresh_token"]})

    assert revoked.status_code == 204
    assert await status_of_me(service, here["access_token"]) == 401
    assert (await refresh(service, here["refresh_token"])).status_code == 401
    renewed = await refresh(service, there["refresh_token"])
    assert await status_of_me(service, renewed.json()["access_token"]) == 200


async def test_revoking_what_is_unknown_is_no_fault(service: Service) -> None:
    client = await service.anonymous()

    response = await client.post("/token/revoke", json={"refresh_token": "never issued"})

    assert response.status_code == 204


async def test_a_disabled_user_is_out_from_the_next_request_on(service: Service) -> None:
    user_id = await service.user(ADA)
    tokens = (await sign_in(service)).json()

    async with service.uow() as uow:
        (await uow.users.get_by_id(user_id)).active = False
        await uow.commit()

    assert await status_of_me(service, tokens["access_token"]) == 401
    assert (await refresh(service, tokens["refresh_token"])).status_code == 401
    assert (await sign_in(service)).status_code == 401


async def test_an_access_token_ends_with_its_time(service: Service) -> None:
    user_id = await service.user(ADA)
    tokens, now = service.container.access_tokens(), service.container.clock().now()
    user = await service.container.access_reader().user(user_id)
    assert user is not None

    old = tokens.issue(user, now - timedelta(seconds=900 + 31))
    fresh = tokens.issue(user, now - timedelta(seconds=800))

    assert await status_of_me(service, old) == 401
    assert await status_of_me(service, fresh) == 200


async def test_after_the_signing_key_was_rotated_nobody_has_to_sign_in_again(
    database_url: str, tmp_path: Path
) -> None:
    former, current = SecretStr("f" * 32), SecretStr("c" * 32)
    async with Service.running(database_url, tmp_path / "a", jwt_secret=former) as before:
        await before.user(ADA)
        tokens = (await sign_in(before)).json()

    rotated = {"jwt_secret": current, "jwt_former_secrets": former}
    async with Service.running(database_url, tmp_path / "b", **rotated) as service:
        assert await status_of_me(service, tokens["access_token"]) == 200
        renewed = (await refresh(service, tokens["refresh_token"])).json()

    async with Service.running(database_url, tmp_path / "c", jwt_secret=current) as after:
        assert await status_of_me(after, tokens["access_token"]) == 401
        assert await status_of_me(after, renewed["access_token"]) == 200
